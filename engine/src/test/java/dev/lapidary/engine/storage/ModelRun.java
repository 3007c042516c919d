package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Performs a history on a database and on the model, and compares each answer, and everything in
/// the database after each failure and every fifty steps.
///
/// A full quota or disk is the one thing the model does not know: the database's word is taken for
/// it, and then the step, or the whole turn, must have left nothing.
final class ModelRun {
  private static final int CHECK_EVERY = 50;

  private final Path file;
  private final Limits limits;
  private Set<String> known = Set.of("SQLITE_FULL");
  private int refusals;

  /// @param folder made by this run, for its database
  ModelRun(Path folder, Limits limits) throws IOException {
    this.file = Files.createDirectories(folder).resolve("1.sqlite");
    this.limits = limits;
  }

  ModelRun onFailingDisk() {
    known = Set.of("SQLITE_FULL", "SQLITE_IOERR");
    return this;
  }

  /// How many steps met a full quota or disk.
  int refusals() {
    return refusals;
  }

  /// What went wrong first; empty where nothing did.
  Optional<String> failure(List<ModelOp> history) {
    ModelState model = new ModelState();
    int step = 0;
    try (ModelDatabase database = new ModelDatabase(file, limits)) {
      for (ModelOp op : history) {
        boolean failed = perform(database, model, op);
        step++;
        if (failed || op.kind() == ModelOp.Kind.REOPEN || step % CHECK_EVERY == 0) {
          compare("everything", model.everything(), database.everything());
        }
      }
      compare("everything", model.everything(), database.everything());
      compare("quick_check", "ok", database.check());
      return Optional.empty();
    } catch (AssertionError | RuntimeException e) {
      return Optional.of("step " + step + ": " + e);
    }
  }

  private boolean perform(ModelDatabase database, ModelState model, ModelOp op) {
    String answer = database.perform(op);
    boolean lost = answer.startsWith(ModelState.LOST);
    if (known.contains(answer.substring(lost ? ModelState.LOST.length() : 0))) {
      refusals++;
      if (lost) {
        model.lose();
      }
      return true;
    }
    compare(op.toString(), model.perform(op), answer);
    return lost;
  }

  private static void compare(String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw new AssertionError(what + " is\n  " + found + "\ninstead of\n  " + expected);
    }
  }
}
