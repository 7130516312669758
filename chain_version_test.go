package secretmux_test

import (
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
)

// versioned is a backend with the secret a at version v9 and these others.
func versioned(uri string, others ...string) *backend {
	b := has(uri, "a", "current in "+uri)
	b.Versions = map[string]string{}
	for _, version := range others {
		b.Versions["a@"+version] = version + " in " + uri
	}
	return b
}

func TestChainGetVersion(t *testing.T) {
	absent := has("absent:")
	for name, c := range map[string]struct {
		links   []secretmux.Provider
		version string
		want    string
		class   error
	}{
		"the first has it":         {[]secretmux.Provider{versioned("one:", "1"), versioned("two:", "1")}, "1", "1 in one:", nil},
		"absent in the first":      {[]secretmux.Provider{absent, versioned("two:", "1")}, "1", "1 in two:", nil},
		"previous":                 {[]secretmux.Provider{absent, versioned("two:", "previous")}, "previous", "previous in two:", nil},
		"current":                  {[]secretmux.Provider{versioned("one:"), versioned("two:")}, "current", "current in one:", nil},
		"current, no versions":     {[]secretmux.Provider{plain(versioned("one:")), versioned("two:")}, "current", "current in one:", nil},
		"missing version stops":    {[]secretmux.Provider{versioned("one:", "2"), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"no versions, has it":      {[]secretmux.Provider{plain(versioned("one:")), versioned("two:", "1")}, "1", "", errors.ErrUnsupported},
		"no versions, absent":      {[]secretmux.Provider{plain(absent), versioned("two:", "1")}, "1", "1 in two:", nil},
		"no versions, denied":      {[]secretmux.Provider{plain(failing("denied:", secretmux.ErrDenied)), versioned("two:", "1")}, "1", "", secretmux.ErrDenied},
		"denied":                   {[]secretmux.Provider{failing("denied:", secretmux.ErrDenied), versioned("two:", "1")}, "1", "", secretmux.ErrDenied},
		"denied and on=denied":     {[]secretmux.Provider{secretmux.ContinueOn(failing("d:", secretmux.ErrDenied), secretmux.ErrDenied), versioned("two:", "1")}, "1", "1 in two:", nil},
		"on=notfound still stops":  {[]secretmux.Provider{secretmux.ContinueOn(versioned("one:"), secretmux.ErrNotFound), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"nested, missing version":  {[]secretmux.Provider{chainOf(absent, versioned("one:")), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"nested, absent":           {[]secretmux.Provider{chainOf(absent, absent), versioned("two:", "1")}, "1", "1 in two:", nil},
		"replicas, missing":        {[]secretmux.Provider{replicasOf(versioned("one:"), versioned("x:", "1")), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"wrapped, missing version": {[]secretmux.Provider{secretmux.ContinueOn(chainOf(versioned("one:"), absent)), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"all absent":               {[]secretmux.Provider{absent, plain(absent)}, "1", "", secretmux.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := secretmux.GetVersion(t.Context(), chainOf(c.links...), "a", c.version)
			if c.class != nil {
				wantClass(t, c.class)(got, err)
				return
			}
			wantSecret(t, c.want)(got, err)
		})
	}
}

func TestReplicasGetVersion(t *testing.T) {
	down := failing("down:", secretmux.ErrUnavailable)
	for name, c := range map[string]struct {
		links []secretmux.Provider
		want  string
		class error
	}{
		"the first":         {[]secretmux.Provider{versioned("one:", "1"), versioned("two:", "1")}, "1 in one:", nil},
		"the first is down": {[]secretmux.Provider{down, versioned("two:", "1")}, "1 in two:", nil},
		"missing stops":     {[]secretmux.Provider{versioned("one:"), versioned("two:", "1")}, "", secretmux.ErrNotFound},
		"no versions":       {[]secretmux.Provider{plain(versioned("one:")), versioned("two:", "1")}, "", errors.ErrUnsupported},
		"all down":          {[]secretmux.Provider{down, down}, "", secretmux.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := secretmux.GetVersion(t.Context(), replicasOf(c.links...), "a", "1")
			if c.class != nil {
				wantClass(t, c.class)(got, err)
				return
			}
			wantSecret(t, c.want)(got, err)
		})
	}
}
