package push_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	"github.com/secretmux/secretmux/testing/conformance"
)

// fuzz checks the rules for every parser: it does not panic, and it returns notices
// that a store accepts, or an ErrInvalid that quotes nothing.
func fuzz(t *testing.T, parse push.Parser, m push.Message) {
	t.Helper()
	notices, err := parse(m)
	if err != nil {
		if len(notices) != 0 || !errors.Is(err, secretmux.ErrInvalid) {
			t.Fatalf("%d notices and %v", len(notices), err)
		}
		conformance.NoLeak(t, err, canary)
		return
	}
	for _, n := range notices {
		if err := secretmux.ValidateName(strings.TrimPrefix(n.Name, "/")); err != nil {
			t.Fatalf("%q: %v", n.Name, err)
		}
		if again, err := push.JSON(push.Message{Body: push.Encode(n)}); len(push.Encode(n)) <= 8<<10 && (err != nil || len(again) != 1 || again[0].Name != n.Name || again[0].Version != n.Version) {
			t.Fatalf("%+v is read back as %+v, %v", n, again, err)
		}
	}
}

// bodies seeds a fuzz target with all shapes, their pieces, and a canary beside each.
func bodies(f *testing.F) {
	f.Helper()
	for _, s := range shapes() {
		f.Add([]byte(s.body))
		f.Add([]byte(sns(s.body)))
		f.Add([]byte(strings.ReplaceAll(s.body, "prod", canary)))
		f.Add([]byte(s.body[:len(s.body)/2]))
	}
	f.Add([]byte(canary))
}

func FuzzJSON(f *testing.F) {
	bodies(f)
	f.Fuzz(func(t *testing.T, body []byte) { fuzz(t, push.JSON, push.Message{Body: body}) })
}

func FuzzAWS(f *testing.F) {
	bodies(f)
	f.Fuzz(func(t *testing.T, body []byte) { fuzz(t, push.AWS, push.Message{Body: body}) })
}

func FuzzAzure(f *testing.F) {
	bodies(f)
	f.Fuzz(func(t *testing.T, body []byte) { fuzz(t, push.Azure, push.Message{Body: body}) })
}

func FuzzGCP(f *testing.F) {
	f.Add("SECRET_VERSION_ADD", "projects/123/secrets/db", "projects/123/secrets/db/versions/7", "2026-11-25T22:00:00Z")
	f.Add("SECRET_DELETE", canary+"/", "", "")
	f.Add("SECRET_ROTATE", "", "", "")
	f.Add("TOPIC_CONFIGURED", "", "", canary)
	f.Fuzz(func(t *testing.T, kind, secret, version, at string) {
		fuzz(t, push.GCP, push.Message{Attributes: map[string]string{
			"eventType": kind, "secretId": secret, "versionId": version, "timestamp": at, "dataFormat": "JSON_API_V1",
		}})
	})
}

func FuzzAny(f *testing.F) {
	for _, s := range shapes() {
		f.Add([]byte(s.body), s.attributes["eventType"])
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		fuzz(t, push.Any, push.Message{Body: body, Attributes: map[string]string{"eventType": kind}})
	})
}
