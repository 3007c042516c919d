package dev.lapidary.engine.object;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The name an object was made from, in the file `name` of its folder, in UTF-8: for those who find
/// the object by its id. Nothing but `ctx.id.name` depends on it, so it is not synced.
final class ObjectName {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectName.class);
  private static final String FILE = "name";

  private ObjectName() {}

  static Optional<String> read(Path folder) {
    try {
      Path file = folder.resolve(FILE);
      return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      LOG.warn("the name of the object in {} could not be read", folder, e);
      return Optional.empty();
    }
  }

  static void write(Path folder, String name) {
    try {
      Path file = folder.resolve(FILE);
      if (!Files.exists(file)) {
        Files.writeString(file, name);
      }
    } catch (IOException e) {
      LOG.warn("the name of the object in {} could not be written", folder, e);
    }
  }
}
