package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// With push each instance reads each rotation once, and no more. The jitter leaves a busy
// machine the time to.
func TestRun(t *testing.T) {
	var out strings.Builder
	p := plan{pollTTL: 500 * time.Millisecond, pushTTL: 24 * time.Hour, jitter: 100 * time.Millisecond, rotations: 1, every: 10 * time.Second}
	if err := run(t.Context(), &out, p); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
	var fields []string
	for line := range strings.Lines(out.String()) {
		if f := strings.Fields(line); len(f) > 4 && f[0] == "push" {
			fields = f
		}
	}
	want := fmt.Sprint([]string{"push", "24h0m0s", "50", "50"})
	if len(fields) < 4 || fmt.Sprint(fields[:4]) != want {
		t.Errorf("%q, want %s", fields, want)
	}
}
