package gcp

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/compute/metadata"
	secretmanager "cloud.google.com/go/secretmanager/apiv1"
)

// probeTime bounds the search for a metadata server. On Google Cloud the server
// answers within milliseconds. Elsewhere packets to its address may be lost.
const probeTime = 3 * time.Second

const credentialsVariable = "GOOGLE_APPLICATION_CREDENTIALS" //nolint:gosec // the name of a variable

// probe reports whether this process runs on Google Cloud.
type probe func(ctx context.Context) bool

// searcher finds credentials. It is used by one goroutine at a time.
type searcher struct {
	ask   probe
	until time.Time // a "no" of ask holds until then
}

// credentials returns the credentials of a client. The context of each call
// bounds how long their token may take. The search ends after within.
func (s *searcher) credentials(ctx context.Context, within time.Duration, found *auth.Credentials) (*auth.Credentials, error) {
	if found == nil {
		var err error
		if found, err = s.detect(ctx, within); err != nil {
			return nil, err
		}
	}
	return auth.NewCredentials(&auth.CredentialsOptions{
		TokenProvider:          &tokens{inner: found, life: ctx},
		JSON:                   found.JSON(),
		QuotaProjectIDProvider: auth.CredentialsPropertyFunc(found.QuotaProjectID),
		UniverseDomainProvider: auth.CredentialsPropertyFunc(found.UniverseDomain),
	}), nil
}

// detect finds the Application Default Credentials. The SDK asks once in the life of
// a process whether it runs on Google Cloud. It sets no time limit, and it would keep
// a "no" that it got because the network was not up yet. So this package asks the SDK
// only after its own probe said yes.
func (s *searcher) detect(ctx context.Context, within time.Duration) (*auth.Credentials, error) {
	if os.Getenv(credentialsVariable) == "" && !hasFile(gcloudFile(runtime.GOOS, os.Getenv)) && !s.onGoogleCloud(ctx, within) {
		return nil, errNoCredentials
	}
	found, err := credentials.DetectDefault(&credentials.DetectOptions{
		Scopes:           secretmanager.DefaultAuthScopes(),
		UseSelfSignedJWT: true, // as the SDK's own client does
		Logger:           slog.New(slog.DiscardHandler),
	})
	var path *fs.PathError
	switch {
	case err == nil:
		return found, nil
	case errors.As(err, &path):
		return nil, errNoFile // the cause quotes the path, which may be a key by mistake
	}
	return nil, errBadCredentials
}

func (s *searcher) onGoogleCloud(ctx context.Context, within time.Duration) bool {
	if time.Now().Before(s.until) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	yes := s.ask(ctx)
	if !yes {
		s.until = time.Now().Add(loginPause)
	}
	return yes
}

// gcloudFile returns the path of the credentials that gcloud auth application-default
// login writes on an operating system. The SDK looks for them there. Empty means that
// the environment does not show the path: the SDK then asks the system for the home
// folder.
func gcloudFile(goos string, getenv func(string) string) string {
	const folder, file = "gcloud", "application_default_credentials.json"
	if goos == "windows" {
		if data := getenv("APPDATA"); data != "" {
			return strings.Join([]string{data, folder, file}, `\`)
		}
		return ""
	}
	if home := getenv("HOME"); home != "" {
		return strings.Join([]string{home, ".config", folder, file}, "/")
	}
	return ""
}

// hasFile reports whether the file exists, or its path is unknown.
func hasFile(path string) bool {
	if path == "" {
		return true
	}
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// onGoogleCloud probes with a client of its own: the package function remembers
// its first answer.
func onGoogleCloud(ctx context.Context) bool {
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	return metadata.NewClient(&http.Client{Transport: transport, Timeout: probeTime}).OnGCEWithContext(ctx)
}
