package dev.lapidary.engine.guest;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.engine.storage.FacetDatabase;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All that a guest is given.
///
/// @param objectId the Durable Object's id, 64 hex digits
/// @param objectName the name the id was made from, where there is one
/// @param idText what the code sees as its id; null for its object's
/// @param props what the code finds in `ctx.props`
/// @param database the facet's own database; null for a worker, which stores nothing
/// @param limits what holds for each turn
/// @param clock where a turn's time comes from; within a turn it stands still
/// @param guard what every turn of the guest must run under
/// @param memory what all guests together may hold
/// @param randomSeed 32 bytes from which all randomness in the guest follows
/// @param outside what the guest reaches beyond its storage
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record GuestContext(
    String objectId,
    Optional<String> objectName,
    @Nullable String idText,
    Payload props,
    @Nullable FacetDatabase database,
    Limits limits,
    InstantSource clock,
    TurnGuard guard,
    MemoryBudget memory,
    byte[] randomSeed,
    Outside outside) {}
