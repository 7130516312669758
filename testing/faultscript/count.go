package faultscript

import (
	"net/http"
	"sync/atomic"
)

// Count returns h with a counter of its requests, for Subject.Calls. A request
// counts when it arrives.
func Count(h http.Handler) (counted http.Handler, calls func() int) {
	var n atomic.Int64
	counted = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		h.ServeHTTP(w, r)
	})
	return counted, func() int { return int(n.Load()) }
}
