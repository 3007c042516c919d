/// The only package that speaks HTTP: the way in for events, and the way out for replies.
@NullMarked
package dev.lapidary.engine.http;

import org.jspecify.annotations.NullMarked;
