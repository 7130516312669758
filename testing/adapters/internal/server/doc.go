// Package server runs the servers that the tests beside it talk to.
package server
