package session_test

import (
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// A forgotten "//" would make a folder of the region and every secret absent.
func TestARegionInThePathIsRefused(t *testing.T) {
	for text, refused := range map[string]bool{
		"aws-sm:eu-west-1/prod":                  true,
		"aws-sm:us-gov-west-1":                   true,
		"aws-sm:///eu-west-1/prod":               true,
		"aws-sm://eu-west-1/prod/":               false,
		"aws-sm://eu-west-1/us-east-1/":          false,
		"aws-sm:eu-west-1/prod?region=eu-west-1": false,
		"aws-sm:///prod/":                        false,
		"aws-sm:":                                false,
	} {
		u, err := secretmux.ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = session.Options{}.FromURI(u)
		if errors.Is(err, secretmux.ErrInvalid) != refused || !refused && err != nil {
			t.Errorf("%s: %v, want refused: %v", text, err, refused)
		}
	}
}
