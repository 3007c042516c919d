/// Worker projects: what `wrangler.jsonc` says, and the modules that esbuild makes of the sources.
@NullMarked
package dev.lapidary.engine.project;

import org.jspecify.annotations.NullMarked;
