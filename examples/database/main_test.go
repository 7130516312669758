package main

import (
	"context"
	"testing"
)

// The example is a promise: no query fails.
func TestNoQueryFails(t *testing.T) {
	t.Setenv("DATABASE_HOST", "")
	if err := run(context.Background()); err != nil {
		t.Error(err)
	}
}
