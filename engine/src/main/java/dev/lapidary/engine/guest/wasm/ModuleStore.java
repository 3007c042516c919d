package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compiled modules in a folder. They are classes that the JVM will run, so an entry is believed
/// only if a secret, kept beside the entries and readable by this process' user alone, vouches for
/// its bytes and its name: a torn, corrupt, renamed or foreign one is deleted, and made anew.
/// Whoever can read the secret could do worse in the data folder already.
///
/// The folder holds a bounded number of bytes; what was used longest ago goes first. It is a cache:
/// where reading or writing fails, the module is compiled. Thread-safe for different ids.
final class ModuleStore {
  private static final Logger LOG = LoggerFactory.getLogger(ModuleStore.class);
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 32;
  private static final String SECRET = "secret";
  private static final String ENTRY = ".module";
  private static final String UNFINISHED = ".tmp";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;
  private final long mostBytes;
  private final SecretKeySpec key;

  private ModuleStore(Path folder, long mostBytes, byte[] secret) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  /// @param mostBytes size of all entries together
  static ModuleStore open(Path folder, long mostBytes) throws IOException {
    Files.createDirectories(folder);
    if (posix(folder)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
    for (Path left : list(folder, UNFINISHED)) {
      Files.deleteIfExists(left);
    }
    return new ModuleStore(folder, mostBytes, secret(folder.resolve(SECRET)));
  }

  private static boolean posix(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
  }

  /// The secret; a new one, which makes all entries foreign, where it is not as it was left.
  private static byte[] secret(Path file) throws IOException {
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == MAC_BYTES
        && (!posix(file) || Files.getPosixFilePermissions(file).equals(OWNER_ONLY))) {
      return Files.readAllBytes(file);
    }
    byte[] secret = new byte[MAC_BYTES];
    new SecureRandom().nextBytes(secret);
    Path unfinished = unfinished(file.resolveSibling(SECRET));
    Files.write(unfinished, secret);
    move(unfinished, file);
    return secret;
  }

  /// A new empty file that only its owner can open.
  private static Path unfinished(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    String name = file.getFileName().toString();
    return Files.createTempFile(folder, name, UNFINISHED);
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// The entry, or null: there is none that can be believed.
  @Nullable ModuleArtifact read(String id) {
    Path file = folder.resolve(id + ENTRY);
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > mostBytes) {
        return null;
      }
      byte[] entry = Files.readAllBytes(file);
      byte[] payload = Arrays.copyOfRange(entry, Math.min(MAC_BYTES, entry.length), entry.length);
      if (!MessageDigest.isEqual(mac(id, payload), Arrays.copyOf(entry, MAC_BYTES))) {
        LOG.warn("compiled module {} is not as it was written: it is made anew", id);
        Files.deleteIfExists(file);
        return null;
      }
      Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
      return ModuleArtifact.decode(payload);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      LOG.warn("cannot read compiled module {}: {}", id, e.toString());
      return null;
    }
  }

  void write(String id, ModuleArtifact artifact) {
    Path file = folder.resolve(id + ENTRY);
    try {
      byte[] payload = artifact.encode();
      if (payload.length + MAC_BYTES > mostBytes) {
        return;
      }
      evict(mostBytes - payload.length - MAC_BYTES);
      Path unfinished = unfinished(file);
      try {
        byte[] entry = Arrays.copyOf(mac(id, payload), MAC_BYTES + payload.length);
        System.arraycopy(payload, 0, entry, MAC_BYTES, payload.length);
        Files.write(unfinished, entry);
        move(unfinished, file);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      LOG.warn("cannot keep compiled module {}: {}", id, e.toString());
    }
  }

  /// Deletes what was used longest ago until no more than this many bytes are left.
  private void evict(long most) throws IOException {
    List<Path> entries = list(folder, ENTRY);
    long total = 0;
    for (Path entry : entries) {
      total += Files.size(entry);
    }
    for (Path entry : entries) {
      if (total <= most) {
        return;
      }
      total -= Files.size(entry);
      Files.deleteIfExists(entry);
    }
  }

  /// Files with this ending, the one used longest ago first.
  private static List<Path> list(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(ending))
          .sorted(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .toList();
    }
  }

  private byte[] mac(String id, byte[] payload) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(id.getBytes(US_ASCII));
      return mac.doFinal(payload);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
