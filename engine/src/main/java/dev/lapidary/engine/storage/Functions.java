package dev.lapidary.engine.storage;

import java.util.Locale;
import java.util.Set;

/// The SQL functions a guest may call: Cloudflare's list. What this SQLite build adds to it (the
/// driver's extension functions) does not exist for guests.
final class Functions {
  private static final Set<String> ALLOWED =
      Set.of(
          """
          abs changes char coalesce concat concat_ws format glob hex ifnull iif instr last_insert_rowid
          length like likelihood likely load_extension lower ltrim max_scalar min_scalar nullif
          octet_length printf quote random randomblob replace round rtrim sign soundex substr substring
          total_changes trim typeof unhex unicode unlikely upper zeroblob
          date time datetime julianday unixepoch strftime timediff
          current_date current_time current_timestamp
          avg count group_concat max min string_agg sum total
          row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
          acos acosh asin asinh atan atan2 atanh ceil cos cosh degrees exp floor ln log log2 mod pi pow
          radians sin sinh sqrt tan tanh trunc
          json json_array json_array_length json_error_position json_extract json_group_array
          json_group_object json_insert json_object json_patch json_quote json_remove
          json_replace json_set json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array
          jsonb_group_object jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set
          json_each json_tree jsonb_each jsonb_tree -> ->>
          match highlight bm25 snippet rtreecheck
          """
              .strip()
              .split("\\s+"));

  /// In Cloudflare's SQLite too, but not on its list.
  private static final Set<String> KNOWN =
      Set.of(
          """
          ceiling log10 power sqlite_version sqlite_source_id sqlite_compileoption_used
          sqlite_compileoption_get sqlite_offset sqlite_log fts5 fts5_source_id fts5_locale
          fts5_get_locale fts5_insttoken subtype json_pretty unistr unistr_quote if json_array_insert
          jsonb_array_insert rtreenode rtreedepth
          """
              .strip()
              .split("\\s+"));

  /// What takes long on a long value: up to 300 ms on 4 MiB.
  private static final Set<String> SLOW = Set.of("like", "glob");

  /// What takes no time to speak of, however long its arguments are.
  private static final Set<String> QUICK =
      Set.of(
          """
          abs changes char coalesce iif if ifnull last_insert_rowid likelihood likely nullif random round
          sign total_changes typeof unicode unlikely date time datetime julianday unixepoch timediff
          current_date current_time current_timestamp
          """
              .strip()
              .split("\\s+"));

  private Functions() {}

  /// How long one call may take at most, in units of some 15 ms.
  static int weight(String name) {
    if (SLOW.contains(name)) {
      return 20;
    }
    return QUICK.contains(name) ? 0 : 1;
  }

  static boolean isAllowed(String name) {
    return ALLOWED.contains(name.toLowerCase(Locale.ROOT));
  }

  /// What SQLite itself calls while it runs ALTER TABLE or ANALYZE; a guest cannot name them.
  static boolean isInternal(String name) {
    return name.startsWith("sqlite_rename_")
        || name.startsWith("stat_")
        || name.equals("sqlite_drop_column")
        || name.equals("sqlite_fail");
  }

  static SqlException refusal(String name, String sql) {
    boolean known = KNOWN.contains(name.toLowerCase(Locale.ROOT));
    String text = (known ? "not authorized to use function: " : "no such function: ") + name;
    int offset = ErrorOffset.ofName(name, sql);
    return SqlException.error(offset < 0 ? text : text + " at offset " + offset);
  }
}
