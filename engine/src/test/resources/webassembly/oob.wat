(module (memory (export "memory") 1) (data (i32.const 0) "a") (data (i32.const 65535) "ab"))
