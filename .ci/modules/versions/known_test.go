package main

import (
	"testing"

	"golang.org/x/mod/module"
)

func TestKnownBad(t *testing.T) {
	tests := []struct {
		path, version string
		bad           bool
	}{
		{"golang.org/x/net", "v0.47.0", true},
		{"golang.org/x/net", "v0.53.0-rc.1", true},
		{"golang.org/x/net", "v0.0.0-20200101000000-abcdefabcdef", true},
		{"golang.org/x/net", "v0.53.0", false},
		{"golang.org/x/net", "v0.58.0", false},
		{"golang.org/x/network", "v0.47.0", false},
		{"github.com/go-jose/go-jose/v4", "v4.1.3", true},
		{"github.com/go-jose/go-jose/v4", "v4.1.4", false},
		{"github.com/gabriel-vasile/mimetype", "v1.4.14", false},
		{"github.com/gabriel-vasile/mimetype", "v1.4.15", true},
		{"github.com/gabriel-vasile/mimetype", "v1.4.16", false},
	}
	for _, tt := range tests {
		if got := knownBad([]module.Version{{Path: tt.path, Version: tt.version}}); len(got) > 0 != tt.bad {
			t.Errorf("%s@%s: got %v, want bad=%t", tt.path, tt.version, got, tt.bad)
		}
	}
}
