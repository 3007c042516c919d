package dev.lapidary.engine.storage;

/// A failure the guest may see: the message is Cloudflare's text, never a host path.
///
/// A [critical][#isCritical()] one has cost the turn its transaction or the database its health:
/// the caller resets the facet, and until [FacetDatabase#rollback()] every operation fails the same
/// way.
public final class SqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean critical;

  SqlException(String message, String code, boolean critical) {
    super(message);
    this.code = code;
    this.critical = critical;
  }

  /// SQLite's primary result code, such as `SQLITE_CONSTRAINT`.
  public String code() {
    return code;
  }

  public boolean isCritical() {
    return critical;
  }

  /// A refusal without a result code in its text.
  static SqlException plain(String message) {
    return new SqlException(message, "SQLITE_ERROR", false);
  }

  static SqlException error(String message) {
    return new SqlException(message + ": SQLITE_ERROR", "SQLITE_ERROR", false);
  }

  /// As SQLite words it.
  static SqlException tooBig() {
    return new SqlException("string or blob too big: SQLITE_TOOBIG", "SQLITE_TOOBIG", false);
  }

  static SqlException notAuthorized() {
    return auth("not authorized");
  }

  static SqlException auth(String message) {
    return new SqlException(message + ": SQLITE_AUTH", "SQLITE_AUTH", false);
  }

  /// The same failure for a later caller, with that caller's stack.
  SqlException again() {
    return new SqlException(String.valueOf(getMessage()), code, critical);
  }
}
