// Package sops compares this library's encrypted files with those of the real sops,
// github.com/getsops/sops v3.13.3. It makes the fixtures of providers/age, and shows
// that sops opens the files that this library writes.
//
//	go test .              checks both; the first run compiles sops, which takes minutes
//	go test . -update      makes the fixtures again, and the keys that are missing
//
// The module is not part of go.work, and no step of .ci runs it: sops has 340 modules
// in its graph. Run it after every change of providers/age/internal/sops.
package sops
