(module (import "env" "f" (func $f)) (memory (export "memory") 1) (func $s (call $f)) (start $s))
