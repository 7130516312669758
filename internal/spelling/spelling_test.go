package spelling_test

import (
	"testing"

	"github.com/secretmux/secretmux/internal/spelling"
)

func TestNearest(t *testing.T) {
	known := []string{"ttl", "stale", "timeout", "on", "only", "role", "rule"}
	for written, want := range map[string]string{
		"tl": "ttl", "tttl": "ttl", "txl": "ttl", "TTL": "ttl", // one less, one more, another, the case
		"stael": "stale", "satle": "stale", // neighbours swapped
		"statle": "stale", "tmieout": "timeout",
		"rle":  "", // two are equally near
		"no":   "", // a word of two characters is near to too many
		"xyz":  "", // none is
		"st":   "", // two edits
		"tlta": "", // two edits
	} {
		if got := spelling.Nearest([]string{written}, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", written, got, want)
		}
	}
	if got := spelling.Nearest([]string{"tl", "stael"}, known); got != "" {
		t.Errorf("two slips mean %q, want neither", got)
	}
}

func TestLonger(t *testing.T) {
	known := []string{"gcp-sm", "aws-sm", "aws-ps", "vault", "aws-sm"}
	for written, want := range map[string]string{
		"gcp": "gcp-sm", "vault+unix": "vault", "aws": "aws-ps: or aws-sm", "azure": "", "gcp-kv": "gcp-sm",
	} {
		if got := spelling.Longer(written, known); got != want {
			t.Errorf("Longer(%q) = %q, want %q", written, got, want)
		}
	}
}
