package gcp

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/compute/metadata"
	secretmanager "cloud.google.com/go/secretmanager/apiv1"
)

var (
	errNoCredentials  = errors.New("there are no Application Default Credentials")
	errBadCredentials = errors.New("the Application Default Credentials can't be used")
	errNoFile         = errors.New("the file that GOOGLE_APPLICATION_CREDENTIALS names can't be read")
)

// probeTime bounds the search for a metadata server. On Google Cloud it answers
// within milliseconds; elsewhere packets to its address may vanish.
const probeTime = 3 * time.Second

const credentialsVariable = "GOOGLE_APPLICATION_CREDENTIALS" //nolint:gosec // the name of a variable

// credentialsFor returns the credentials of a client, whose tokens are bounded by
// the context of each call.
func credentialsFor(ctx context.Context, o Options, onGoogleCloud probe) (*auth.Credentials, error) {
	found := o.Credentials
	if found == nil {
		var err error
		if found, err = detect(ctx, onGoogleCloud); err != nil {
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

// detect finds the Application Default Credentials. The SDK asks once in the life
// of a process whether it runs on Google Cloud, with no bound, and would keep a
// "no" that came of a network that was not up yet: so it is asked only when a
// probe of our own said yes.
func detect(ctx context.Context, onGoogleCloud probe) (*auth.Credentials, error) {
	file := os.Getenv(credentialsVariable)
	if file == "" && !hasGcloudFile() {
		ctx, cancel := context.WithTimeout(ctx, probeTime)
		defer cancel()
		if !onGoogleCloud(ctx) {
			return nil, errNoCredentials
		}
	}
	found, err := credentials.DetectDefault(&credentials.DetectOptions{
		Scopes:           secretmanager.DefaultAuthScopes(),
		UseSelfSignedJWT: true, // what the SDK's own client does
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

// hasGcloudFile reports whether gcloud auth application-default login left
// credentials where the SDK looks for them, or whether that place is unknown.
func hasGcloudFile() bool {
	folder := os.Getenv("APPDATA")
	if runtime.GOOS != "windows" {
		home, err := os.UserHomeDir()
		if err != nil {
			return true
		}
		folder = filepath.Join(home, ".config")
	}
	_, err := os.Stat(filepath.Join(folder, "gcloud", "application_default_credentials.json")) //nolint:gosec // where the SDK looks
	return !errors.Is(err, fs.ErrNotExist)
}

// onGoogleCloud probes with a client of its own: the package function remembers
// its first answer.
func onGoogleCloud(ctx context.Context) bool {
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	return metadata.NewClient(&http.Client{Transport: transport, Timeout: probeTime}).OnGCEWithContext(ctx)
}
