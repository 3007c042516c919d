/// What code can hold and call: the capabilities that guests and Java supervisors share.
@NullMarked
package dev.lapidary.abi.rpc;

import org.jspecify.annotations.NullMarked;
