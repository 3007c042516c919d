package dev.lapidary.engine.guest;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.FacetDatabase;
import java.time.InstantSource;
import java.util.Optional;

/// All that a guest is given.
///
/// @param objectId the Durable Object's id, 64 hex digits
/// @param objectName the name the id was made from, where there is one
/// @param database the facet's own database
/// @param limits what holds for each turn
/// @param clock where a turn's time comes from; within a turn it stands still
/// @param guard what every turn of the guest must run under
/// @param memory what all guests together may hold
/// @param randomSeed 32 bytes from which all randomness in the guest follows
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record GuestContext(
    String objectId,
    Optional<String> objectName,
    FacetDatabase database,
    Limits limits,
    InstantSource clock,
    TurnGuard guard,
    MemoryBudget memory,
    byte[] randomSeed) {}
