// Package sops reads and changes dotenv files in the format of sops 3.13.3
// (github.com/getsops/sops), and reads JSON files in that format.
//
// A file has one data key of 32 bytes, which is encrypted for each recipient. The data
// key encrypts each value with AES-256-GCM. The value is bound to its key, so that two
// values can't be swapped. The data key also encrypts a MAC over all plain values in
// their order. The MAC is bound to the time of the last change. The lines of the
// metadata start with "sops_".
//
// This package knows only the text of the recipients. Package age unwraps the data key,
// and wraps it.
package sops
