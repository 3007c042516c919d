/// A guest is one instance of untrusted code. Its turn takes an event, touches storage, and answers
/// with effects; nothing else of the host is within its reach.
/// Start at [Guest]; every turn, of whatever kind of guest, runs under a [TurnGuard].
@NullMarked
package dev.lapidary.engine.guest;

import org.jspecify.annotations.NullMarked;
