package gcp_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A NOT_FOUND lets a chain go on only if it is about the secret that was asked for.
// The code is the same for projects, for keys, and for everything that a proxy does
// not know.
func TestAbsentIsProven(t *testing.T) {
	const secret = "projects/" + number + "/secrets/db"
	tests := []struct {
		message string
		want    error
	}{
		{"Secret [" + secret + "] not found or has no versions.", secretmux.ErrNotFound},
		{"Secret [projects/my-project/secrets/db] not found", secretmux.ErrNotFound}, // an emulator's
		{"Secret Version [" + secret + "/versions/latest] not found.", secretmux.ErrNotFound},
		{"Secret Version [" + secret + "/versions/3] not found or has no versions.", secretmux.ErrNotFound},
		{"Version [" + secret + "/versions/latest] not found", secretmux.ErrNotFound},
		{"secret not found: " + secret, secretmux.ErrNotFound},
		{"The secret \"" + secret + "\" does not exist", secretmux.ErrNotFound},
		{"Secret [projects/1/locations/europe-west3/secrets/db] not found.", secretmux.ErrNotFound},

		{"", errInvalid},
		{"Requested entity was not found.", errInvalid},
		{"Not Found", errInvalid},
		{"secret", errInvalid},
		{"Secret Manager API [secretmanager.googleapis.com] not found", errInvalid},
		{"Method not found: google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion", errInvalid},
		{"unknown service google.cloud.secretmanager.v1.SecretManagerService", errInvalid},
		{"Project [projects/my-project] not found or deleted.", errInvalid},
		{"Project [my-secret-project] not found or deleted.", errInvalid},
		{"Project projects/my-project of Secret [" + secret + "] not found", errInvalid},
		{"projects/my-project not found", errInvalid},
		{"Location [projects/my-project/locations/secret-west1] is not found.", errInvalid},
		{"Cloud KMS key [projects/1/locations/global/keyRings/secrets/cryptoKeys/db] of " + secret + " not found", errInvalid},
		{"Topic of Secret [" + secret + "] not found", errInvalid},
		{"Secret [projects/1/secrets/db2] not found or has no versions.", errInvalid},
		{"Secret [projects/1/secrets/other/secrets/db] not found", errInvalid},
		{"Secret [projects/1/topics/db] not found", errInvalid},
		{"Secret [" + secret + "/replicas/2] not found", errInvalid},
		{"Secret [" + secret + "] has a key that can't be used", errInvalid},
		{"<html>Error 404 (Not Found)!!1 secret " + faultscript.Canary, errInvalid},
		{"unexpected HTTP status code received from server: 404 (Not Found); Secret [" + secret + "] not found", errInvalid},
	}
	t.Setenv("DB", "last year's")
	for _, tt := range tests {
		t.Run(tt.message, func(t *testing.T) {
			f, p := start(t, gcp.Options{})
			f.refuseMethod("AccessSecretVersion", status.Error(codes.NotFound, tt.message))
			s, err := p.Get(t.Context(), "db")
			wantClass(t, "Get", s, err, tt.want)
			conformance.NoLeak(t, err, faultscript.Canary)

			store, err := secretmux.Open(t.Context(), p.String()+",env:", gcp.Backend(), env.Backend())
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			s, err = store.Get(t.Context(), "db")
			if wentOn := err == nil && s.Reveal() == "last year's"; wentOn != errors.Is(tt.want, secretmux.ErrNotFound) {
				t.Errorf("the chain went on: %v; %v", wentOn, err)
			}
		})
	}
}

// A version is absent if the message is about that version.
func TestAbsentVersionIsProven(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.set("db", []byte("x"))
	for message, want := range map[string]error{
		"Secret Version [projects/1/secrets/db/versions/7] not found.":  secretmux.ErrNotFound,
		"Secret [projects/1/secrets/db] not found or has no versions.":  secretmux.ErrNotFound,
		"Secret Version [projects/1/secrets/db/versions/8] not found.":  errInvalid,
		"Secret Version [projects/1/secrets/db2/versions/7] not found.": errInvalid,
	} {
		f.refuseMethod("AccessSecretVersion", status.Error(codes.NotFound, message))
		s, err := p.GetVersion(t.Context(), "db", "7")
		wantClass(t, message, s, err, want)
	}
}

// A request about a whole project can't prove that one secret is absent.
func TestListIsNeverAbsent(t *testing.T) {
	f, p := start(t, gcp.Options{Alias: "latest-enabled"})
	for _, message := range []string{
		"Project [projects/my-project] not found.", "Secret [projects/1/secrets/db] not found or has no versions.", "Requested entity was not found.",
	} {
		refusal := status.Error(codes.NotFound, message)
		f.refuseMethod("ListSecrets", refusal)
		for _, err := range p.List(t.Context(), "") {
			wantClass(t, "List: "+message, secretmux.Secret{}, err, errInvalid)
		}
		wantClass(t, "Check: "+message, secretmux.Secret{}, p.Check(t.Context()), errInvalid)
		f.refuseMethod("ListSecretVersions", refusal)
		s, err := p.Get(t.Context(), "db")
		if strings.HasPrefix(message, "Secret [") {
			wantClass(t, "Get by list: "+message, s, err, secretmux.ErrNotFound)
			continue
		}
		wantClass(t, "Get by list: "+message, s, err, errInvalid)
	}
}
