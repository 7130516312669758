// Package rigs has what the tests of several packages are built with: a backend that
// counts its calls, compositions that can't fail to be made, and what a read must give.
package rigs
