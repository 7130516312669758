package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// Tags that look as if they did something here are told, with what to write.
func TestTagsWithoutEffect(t *testing.T) {
	for want, err := range map[string]error{
		"default twice": describe[struct {
			A string `secret:"a" default:"x" default:"y"` //nolint:staticcheck // the mistake
		}](),
		"write sep": describe[struct {
			A []string `secret:"a" separator:";"`
		}](),
		"write validate": describe[struct {
			A string `validation:"min=12"`
		}](),
		"no tag requried": describe[struct {
			A string `requried:"true"`
		}](),
		"write encoding": describe[struct {
			A []byte `encode:"base64"`
		}](),
	} {
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := describe[struct {
		A string `secret:"a" json:"a" yaml:"a" help:"what it is for"`
	}](); err != nil {
		t.Errorf("tags of others on a field with one of ours: %v", err)
	}
}
