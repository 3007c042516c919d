(module
  (table $x (export "refs") 3 externref)
  (global $r (export "ref") (mut externref) (ref.null extern))
  (func (export "put") (param i32 externref) (table.set $x (local.get 0) (local.get 1)))
  (func (export "get") (param i32) (result externref) (table.get $x (local.get 0)))
  (func (export "same") (param externref) (result externref) (local.get 0))
  (func (export "isnull") (param externref) (result i32) (ref.is_null (local.get 0)))
  (func (export "keep") (param externref) (global.set $r (local.get 0)))
 )
