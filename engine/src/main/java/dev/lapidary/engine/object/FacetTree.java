package dev.lapidary.engine.object;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Which facet has which number: names never become file names, numbers do.
///
/// On disk, `facets.index`, in workerd's format: an 8-byte magic number, then one record a facet in
/// the order they were made, `{u16 LE parent number, u16 LE name length, name in UTF-8}`. The n-th
/// record is facet n, counted from 1; 0 is the object itself. The file only grows.
///
/// Crash safety: a record is on disk (fsync) before its number is given out, so no database file
/// can exist without its name. A torn last record was never given out and is cut off when the file
/// is read. Not thread-safe: its object guards it.
final class FacetTree {
  static final int MAX_FACETS = 65_535;
  static final int MAX_NAME_BYTES = 256;
  static final int ROOT = 0;
  static final String FILE = "facets.index";

  private static final byte[] MAGIC = {
    0x57, (byte) 0xef, (byte) 0xb0, (byte) 0xc5, 0x5b, (byte) 0xce, (byte) 0xcd, (byte) 0xc4
  };
  private static final int RECORD_HEADER = 4;

  private final Path folder;
  private final Path file;
  private final Map<Node, Integer> numbers = new HashMap<>();

  private record Node(int parent, String name) {}

  private FacetTree(Path folder) {
    this.folder = folder;
    this.file = folder.resolve(FILE);
  }

  /// Reads an object's index, or starts an empty one without a file.
  ///
  /// @throws IllegalStateException where the file is not an index
  static FacetTree open(Path folder) {
    FacetTree tree = new FacetTree(folder);
    if (Files.exists(tree.file)) {
      try {
        tree.read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return tree;
  }

  private void read() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length < MAGIC.length) {
      truncate(0);
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    if (!java.util.Arrays.equals(magic, MAGIC)) {
      throw new IllegalStateException("facets.index does not start with its magic number");
    }
    while (in.hasRemaining()) {
      int start = in.position();
      if (!readRecord(in)) {
        truncate(start);
        return;
      }
    }
  }

  private boolean readRecord(ByteBuffer in) {
    if (in.remaining() < RECORD_HEADER) {
      return false;
    }
    int parent = Short.toUnsignedInt(in.getShort());
    int length = Short.toUnsignedInt(in.getShort());
    if (in.remaining() < length) {
      return false;
    }
    byte[] name = new byte[length];
    in.get(name);
    numbers.put(new Node(parent, new String(name, StandardCharsets.UTF_8)), numbers.size() + 1);
    return true;
  }

  private void truncate(int length) throws IOException {
    try (RandomAccessFile index = new RandomAccessFile(file.toFile(), "rw")) {
      index.setLength(length);
      index.getFD().sync();
    }
  }

  /// The number of a facet, where it has one.
  OptionalInt known(int parent, String name) {
    Integer number = numbers.get(new Node(parent, name));
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /// The names of the facets below one.
  List<String> names(int parent) {
    return numbers.keySet().stream()
        .filter(node -> node.parent == parent)
        .map(Node::name)
        .sorted()
        .toList();
  }

  /// The number of a facet, made and recorded if it has none.
  int number(int parent, String name) {
    Integer known = numbers.get(new Node(parent, name));
    return known != null ? known : add(parent, name);
  }

  private int add(int parent, String name) {
    int number = numbers.size() + 1;
    if (number > MAX_FACETS) {
      throw new IllegalStateException(
          "A Durable Object can have at most " + MAX_FACETS + " facets in its life.");
    }
    try {
      append(parent, name.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    numbers.put(new Node(parent, name), number);
    return number;
  }

  private void append(int parent, byte[] name) throws IOException {
    boolean fresh = !Files.exists(file) || Files.size(file) == 0;
    if (fresh) {
      Files.createDirectories(folder);
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    if (fresh) {
      record.writeBytes(MAGIC);
    }
    record.writeBytes(
        ByteBuffer.allocate(RECORD_HEADER)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) parent)
            .putShort((short) name.length)
            .array());
    record.writeBytes(name);
    long before = fresh ? 0 : Files.size(file);
    // A stream, not a channel: an interrupted thread would close a channel under our hands.
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      out.write(record.toByteArray());
      out.getFD().sync();
    } catch (IOException e) {
      truncate((int) before);
      throw e;
    }
    if (fresh) {
      syncFolders(folder);
    }
  }

  /// Makes the new folders durable too: up to the data folder.
  private static void syncFolders(Path folder) throws IOException {
    Path at = folder;
    for (int i = 0; i < 4 && at != null; i++, at = at.getParent()) {
      try (FileChannel channel = FileChannel.open(at, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
