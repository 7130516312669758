package conformance

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// mangles makes the double change the values of Get.
func mangles(f func([]byte) []byte) func(*testing.T, *Harness, *double) {
	return instead(func(_ string, s secretmux.Secret, err error) (secretmux.Secret, error) {
		if err != nil {
			return s, err
		}
		return secretmux.NewSecret(f(s.Bytes()), secretmux.Meta{Version: s.Version()}), nil
	})
}

func brokenValues() []breakage {
	return []breakage{
		{"empty value", "takes empty for absent", "not found", instead(func(_ string, s secretmux.Secret, err error) (secretmux.Secret, error) {
			if len(s.Bytes()) == 0 {
				return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ErrNotFound}
			}
			return s, err
		})},
		{"binary value", "ends at NUL", "another value", mangles(func(b []byte) []byte {
			before, _, _ := bytes.Cut(b, []byte{0})
			return before
		})},
		{"binary value", "makes it UTF-8", "another value", mangles(func(b []byte) []byte { return bytes.ToValidUTF8(b, []byte("?")) })},
		{"binary value", "trims a final newline", "another value", mangles(func(b []byte) []byte { return bytes.TrimSuffix(b, []byte("\n")) })},
		{"large value", "cuts at 65535 bytes", "another value", mangles(func(b []byte) []byte { return b[:min(len(b), 65535)] })},
		{"unicode value", "reads Latin-1", "another value", mangles(func(b []byte) []byte {
			var s strings.Builder
			for _, c := range b {
				s.WriteRune(rune(c))
			}
			return []byte(s.String())
		})},
		{"symbols in a value", "expands $", "another value", mangles(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("$WORD1x"), nil) })},
		{"symbols in a value", "trims", "another value", mangles(bytes.TrimSpace)},
		{"lines in a value", "one line", "another value", mangles(func(b []byte) []byte {
			line, _, _ := bytes.Cut(b, []byte("\n"))
			return line
		})},
		{"lines in a value", "CRLF", "another value", mangles(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) })},
		{"created", "unknown", "Created is unknown", mangles(func(b []byte) []byte { return b })},
	}
}

func brokenVersions() []breakage {
	versioned := func(f func(d *double, ctx context.Context, name, version string) (secretmux.Secret, error)) func(*testing.T, *Harness, *double) {
		return func(_ *testing.T, _ *Harness, d *double) {
			d.getVersion = func(ctx context.Context, name, version string) (secretmux.Secret, error) {
				return f(d, ctx, name, version)
			}
		}
	}
	latestFor := func(wanted string) func(*testing.T, *Harness, *double) {
		return versioned(func(d *double, ctx context.Context, name, version string) (secretmux.Secret, error) {
			s, err := secretmux.GetVersion(ctx, d.Provider, name, version)
			if err != nil && version == wanted {
				return d.Provider.Get(ctx, name)
			}
			return s, err
		})
	}
	return []breakage{
		{"versions", "always the latest", "another value", versioned(func(d *double, ctx context.Context, name, _ string) (secretmux.Secret, error) {
			return d.Provider.Get(ctx, name)
		})},
		{"versions", "secrets have none", "does not say its version", instead(func(_ string, s secretmux.Secret, err error) (secretmux.Secret, error) {
			return secretmux.NewSecret(s.Bytes(), secretmux.Meta{}), err
		})},
		{"missing version", "the latest instead", "GetVersion of a missing version: no error", latestFor("99")},
		{"missing version", "unavailable", `the class is "unavailable"`, versioned(func(*double, context.Context, string, string) (secretmux.Secret, error) {
			return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ErrUnavailable}
		})},
		{"previous", "the latest instead", "where there is one version: no error", latestFor(secretmux.VersionPrevious)},
		{"previous", "always the first", "another value", versioned(func(d *double, ctx context.Context, name, version string) (secretmux.Secret, error) {
			if _, err := secretmux.GetVersion(ctx, d.Provider, name, "2"); err == nil && version == secretmux.VersionPrevious {
				version = "1"
			}
			return secretmux.GetVersion(ctx, d.Provider, name, version)
		})},
	}
}
