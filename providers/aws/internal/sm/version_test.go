package sm_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func TestGetVersion(t *testing.T) {
	a := newAccount(t)
	one := a.set("db", []byte("one"))
	two := a.set("db", []byte("two"))
	three := a.set("db", []byte("three"))
	named := "terraform-20240101000000000001"
	long := named + "-xyz"
	a.change("db", func(s *stored) {
		s.labels["AWSPENDING"] = three
		s.labels["AWSCURRENT"], s.labels["AWSPREVIOUS"] = two, one
		for _, label := range []string{"BLUE_1", "blue", "1.0.0", "v1+build_7", "grün", strings.Repeat("b", 65), "THE-RELEASE-OF-THE-SECOND-QUARTER"} {
			s.labels[label] = one
		}
		s.values[long], s.created[long] = []byte("named"), s.created[one]
	})
	tests := []struct {
		Version, Want string
		Class         error
		Calls         int
	}{
		{"current", "two", nil, 1},
		{"previous", "one", nil, 1},
		{three, "three", nil, 1},
		{long, "named", nil, 1},
		{"AWSPENDING", "three", nil, 1},
		{"BLUE_1", "one", nil, 1},
		{"GREEN", "", secretmux.ErrNotFound, 1},
		{"00000000-0000-4000-8000-999999999999", "", secretmux.ErrNotFound, 1},
		{strings.ToUpper("00000000-abcd-4000-8000-999999999999"), "", secretmux.ErrNotFound, 1},
		{"blue", "one", nil, 1},
		{"1.0.0", "one", nil, 1},
		{"release/2024-03 ", "", secretmux.ErrInvalid, 0},
		{"v1+build_7", "one", nil, 1},
		{"grün", "one", nil, 1},
		{strings.Repeat("b", 65), "one", nil, 1},
		{"THE-RELEASE-OF-THE-SECOND-QUARTER", "one", nil, 1},
		{"3", "", secretmux.ErrNotFound, 1},
		{"latest", "", secretmux.ErrNotFound, 1},
		{strings.Repeat("a", 256), "", secretmux.ErrNotFound, 1},
		{strings.Repeat("a", 257), "", secretmux.ErrInvalid, 0},
		{"", "", secretmux.ErrInvalid, 0},
		{"a\x00", "", secretmux.ErrInvalid, 0},
	}
	for _, tt := range tests {
		t.Run(tt.Version, func(t *testing.T) { awstest.Version(tt).Get(t, a.Server, open(t, awstest.At(a.URL))) })
	}
}

// An answer for another version or another secret must be refused.
func TestAnswerForAnother(t *testing.T) {
	a := newAccount(t)
	one := a.set("db", []byte("one"))
	two := a.set("db", []byte("two"))
	p := open(t, awstest.At(a.URL))
	a.Do(func() {
		a.Shape = func(_ string, answer map[string]any) any { answer["VersionId"] = two; return answer }
	})
	_, err := p.GetVersion(t.Context(), "db", one)
	awstest.WantClass(t, err, secretmux.ErrCorrupt)
	a.Do(func() {
		a.Shape = func(_ string, answer map[string]any) any { answer["Name"] = "db2"; return answer }
	})
	_, err = p.Get(t.Context(), "db")
	awstest.WantClass(t, err, secretmux.ErrCorrupt)
}

// A server that ignores VersionStage answers with the current version. It sends that
// version's labels or leaves them out.
func TestServerThatIgnoresLabels(t *testing.T) {
	for name, stages := range map[string]any{"it says so": []string{"AWSCURRENT"}, "it does not say": nil} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			a.set("db", []byte("one"))
			a.set("db", []byte("two"))
			a.change("db", func(s *stored) {
				for _, label := range []string{"AWSPREVIOUS", "AWSPENDING", "BLUE"} {
					s.labels[label] = s.labels["AWSCURRENT"]
				}
			})
			a.Do(func() {
				a.Shape = func(_ string, answer map[string]any) any { answer["VersionStages"] = stages; return answer }
			})
			p := open(t, awstest.At(a.URL))
			for _, version := range []string{secretmux.VersionPrevious, "AWSPENDING", "BLUE"} {
				secret, err := p.GetVersion(t.Context(), "db", version)
				awstest.WantClass(t, err, secretmux.ErrCorrupt)
				if !secret.IsZero() {
					t.Errorf("%s is another version", version)
				}
			}
			if _, err := p.Get(t.Context(), "db"); err != nil {
				t.Error(err)
			}
		})
	}
}
