package ps_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func TestGetVersion(t *testing.T) {
	a := newAccount(t)
	for _, value := range []string{"one", "two", "three"} {
		a.set("db", []byte(value))
	}
	a.parameters["db"].labels["live"] = 1
	tests := []struct {
		Version, Want string
		Class         error
		Calls         int
	}{
		{"current", "three", nil, 1},
		{"previous", "two", nil, 2},
		{"1", "one", nil, 1},
		{"3", "three", nil, 1},
		{"live", "one", nil, 1},
		{"4", "", secretmux.ErrNotFound, 1},
		{"none", "", secretmux.ErrNotFound, 1},
		{"0", "", secretmux.ErrInvalid, 0},
		{"-1", "", secretmux.ErrNotFound, 1}, // a label may look like this
		{"1a", "", secretmux.ErrInvalid, 0},
		{"a:b", "", secretmux.ErrInvalid, 0},
		{"", "", secretmux.ErrInvalid, 0},
		{strings.Repeat("9", 19), "", secretmux.ErrInvalid, 0},
		{strings.Repeat("a", 101), "", secretmux.ErrInvalid, 0},
	}
	for _, tt := range tests {
		t.Run(tt.Version, func(t *testing.T) { awstest.Version(tt).Get(t, a.Server, open(t, awstest.At(a.URL))) })
	}
}

func TestPreviousOfOne(t *testing.T) {
	a := newAccount(t)
	a.set("db", []byte("one"))
	p := open(t, awstest.At(a.URL))
	for _, name := range []string{"db", "absent"} {
		_, err := p.GetVersion(t.Context(), name, secretmux.VersionPrevious)
		awstest.WantClass(t, err, secretmux.ErrNotFound)
	}
}

// An answer for another version or another parameter must be refused.
func TestAnswerForAnother(t *testing.T) {
	a := newAccount(t)
	a.set("db", []byte("one"))
	a.set("db", []byte("two"))
	p := open(t, awstest.At(a.URL))
	a.Do(func() {
		a.Shape = func(_ string, answer map[string]any) any {
			answer["Parameter"].(map[string]any)["Version"] = 2
			return answer
		}
	})
	_, err := p.GetVersion(t.Context(), "db", "1")
	awstest.WantClass(t, err, secretmux.ErrCorrupt)
	a.Do(func() {
		a.Shape = func(_ string, answer map[string]any) any {
			answer["Parameter"].(map[string]any)["Name"] = "db2"
			return answer
		}
	})
	_, err = p.Get(t.Context(), "db")
	awstest.WantClass(t, err, secretmux.ErrCorrupt)
}

// A server that ignores the selector answers with the current version.
func TestServerThatIgnoresSelectors(t *testing.T) {
	a := newAccount(t)
	for _, value := range []string{"one", "two", "three"} {
		a.set("db", []byte(value))
	}
	a.parameters["db"].labels["live"] = 3
	p := open(t, awstest.At(a.URL))
	for _, selector := range []any{nil, ":3", ":another"} {
		a.Do(func() {
			a.Shape = func(_ string, answer map[string]any) any {
				found := answer["Parameter"].(map[string]any)
				found["Selector"], found["Version"], found["Value"] = selector, 3, "three"
				return answer
			}
		})
		for _, version := range []string{"live", "1", secretmux.VersionPrevious} {
			_, err := p.GetVersion(t.Context(), "db", version)
			awstest.WantClass(t, err, secretmux.ErrCorrupt)
		}
	}
}
