@org.jspecify.annotations.NullMarked
package dev.lapidary.engine.guest.crypto;
