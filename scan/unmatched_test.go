package scan_test

import (
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

func TestUnmatched(t *testing.T) {
	s := newScanner(t, scan.Options{
		Secrets: map[string]secretmux.Secret{
			"creds":     secretmux.NewSecret([]byte(`{"user":"reader","deep":{"pin":"12345678"}}`), secretmux.Meta{}),
			"db#secret": secretmux.NewSecret([]byte("eu-west-1"), secretmux.Meta{}),
			"left":      secretmux.NewSecret([]byte("out-of-it-4711"), secretmux.Meta{}),
			"empty":     secretmux.NewSecret(nil, secretmux.Meta{}),
		},
		Include: []string{"creds", "creds#user", "creds#/deep/pin", "creds#usr", "db#secret", "db", "empty"},
		Except:  []string{"left", "lift", "lift"},
	})
	if got, want := s.Unmatched(), []string{"creds#usr", "db", "lift"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := newScanner(t, scan.Options{}).Unmatched(); len(got) != 0 {
		t.Errorf("without options: %q", got)
	}
}
