//go:build !unix

package scan

// nonBlocking is nothing where opening a file does not wait.
const nonBlocking = 0
