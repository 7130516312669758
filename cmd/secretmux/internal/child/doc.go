// Package child runs a program in such a way that nobody notices who started it:
// signals reach it once, its exit code is passed on, and what it leaves behind
// holds nobody up. It knows nothing of secrets.
package child
