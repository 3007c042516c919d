package dev.lapidary.engine.storage.history;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a commit. The texts of one database sort as its commits happened.
///
/// A new epoch begins where the line of commits is not the database's own: after a restore, an
/// import, or a time that was not recorded.
///
/// @param epoch 32 bits, from 0
/// @param commit its number in the epoch, 32 bits; [#LAST] stands for the epoch's last, whichever
///     that will be
/// @param lineage 32 hex digits, random, the same for all commits of one database
public record Bookmark(long epoch, long commit, String lineage) implements Comparable<Bookmark> {
  /// The number that no commit has.
  public static final long LAST = 0xffff_ffffL;

  private static final Pattern TEXT =
      Pattern.compile("([0-9a-f]{8})-([0-9a-f]{8})-[0-9a-f]{8}-([0-9a-f]{32})");

  /// Reads a bookmark's text.
  ///
  /// @throws HistoryException where it is none
  public static Bookmark parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new HistoryException("The bookmark is malformed.");
    }
    return new Bookmark(
        Long.parseLong(parts.group(1), 16), Long.parseLong(parts.group(2), 16), parts.group(3));
  }

  Bookmark next() {
    return commit + 1 < LAST ? new Bookmark(epoch, commit + 1, lineage) : nextEpoch();
  }

  Bookmark nextEpoch() {
    return new Bookmark(epoch + 1, 0, lineage);
  }

  /// The last commit before the next epoch.
  Bookmark endOfEpoch() {
    return new Bookmark(epoch, LAST, lineage);
  }

  @Override
  public int compareTo(Bookmark other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(commit, other.commit);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%08x-%08x-00000000-%s", epoch, commit, lineage);
  }
}
