package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A SQLite file from outside that has been found fit to become a facet's database.
///
/// It may come from anyone. Checked are its header (page size 4096, UTF-8, no auto-vacuum, a whole
/// number of pages), its structure (SQLite's integrity check), and its schema: [ImportedSchema].
///
/// @param file the checked file, the only one of that name: nobody else may write to it
public record ImportedDatabase(Path file) {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 100;
  private static final int UTF_8 = 1;

  /// Checks a file; may write to it.
  ///
  /// @throws SqlException that says what is wrong with it
  public static ImportedDatabase check(Path file, Limits limits) {
    try {
      checkHeader(file, limits);
      Sqlite sqlite = open(file, limits);
      try {
        CheckDeadline.during(sqlite::interrupt, () -> checkStructure(sqlite));
        ImportedSchema.check(sqlite, file.resolveSibling(file.getFileName() + "-schema"), limits);
        sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
      } finally {
        sqlite.close();
      }
      PlainFile.withoutWal(file);
      return new ImportedDatabase(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Sqlite open(Path file, Limits limits) {
    try {
      return Opening.open(file, limits);
    } catch (SqlException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static void checkStructure(Sqlite sqlite) {
    try {
      Integrity.fullCheck(sqlite);
    } catch (SqlException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static void checkHeader(Path file, Limits limits) throws IOException {
    long bytes = Files.size(file);
    byte[] header;
    try (InputStream in = Files.newInputStream(file)) {
      header = in.readNBytes(HEADER_BYTES);
    }
    boolean magic = Arrays.equals(header, 0, Math.min(16, header.length), MAGIC, 0, 16);
    require(header.length == HEADER_BYTES && magic, "it does not begin as one does");
    ByteBuffer in = ByteBuffer.wrap(header);
    int pageBytes = Short.toUnsignedInt(in.getShort(16));
    require(
        pageBytes == Opening.PAGE_BYTES,
        "its page size is not 4096: PRAGMA page_size=4096 and VACUUM change it");
    require(bytes % Opening.PAGE_BYTES == 0, "it is not a whole number of pages long");
    require(
        bytes == (long) in.getInt(28) * Opening.PAGE_BYTES,
        "its length is not the one that its header tells");
    int encoding = in.getInt(56); // 0 in a file that holds nothing
    require(encoding == 0 || encoding == UTF_8, "its text is not UTF-8");
    require(
        in.getInt(52) == 0, "it vacuums by itself: PRAGMA auto_vacuum=NONE and VACUUM change that");
    require(
        bytes <= limits.storage().facetBytes(),
        "it is larger than the limit of " + limits.storage().facetBytes() + " bytes");
  }

  private static void require(boolean holds, String fault) {
    if (!holds) {
      throw refused(fault);
    }
  }

  static SqlException refused(String fault) {
    return SqlException.plain("The file cannot be imported as a SQLite database: " + fault + ".");
  }
}
