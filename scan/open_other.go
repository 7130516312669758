//go:build !unix

package scan

// nonBlocking is 0 on systems where opening a file does not wait.
const nonBlocking = 0
