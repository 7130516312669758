// Package sops reads and changes files in the format of sops 3.13.3
// (github.com/getsops/sops): dotenv, and JSON to read only.
//
// A file has one data key of 32 bytes, which is encrypted for each recipient. Each
// value is encrypted by it with AES-256-GCM, bound to its key, so that two values can't
// be swapped. A MAC over all plain values in their order, bound to the time of the last
// change, is encrypted by it too. The lines of the metadata start with "sops_".
//
// This package knows nothing of recipients but their text: package age unwraps the data
// key, and wraps it.
package sops
