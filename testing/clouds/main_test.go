package clouds_test

import (
	"os"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// home is the folder that TestMain hides from the SDKs.
var home = os.Getenv("HOME")

// TestMain keeps out the settings and identities of the person who runs the
// tests, and gives the SDKs one of their own: Credential, where a fake wants one.
// The settings that the leak test makes for its other process stay.
func TestMain(m *testing.M) {
	for _, entry := range os.Environ() {
		variable, _, _ := strings.Cut(entry, "=")
		if foreign(variable) && os.Getenv(leakProcess) == "" {
			_ = os.Unsetenv(variable)
		}
	}
	empty, err := os.MkdirTemp("", "home")
	if err != nil {
		panic(err)
	}
	for variable, value := range map[string]string{
		"HOME":                      empty,
		"AWS_ACCESS_KEY_ID":         "AKIDEXAMPLE",
		"AWS_SECRET_ACCESS_KEY":     faultscript.Credential,
		"AWS_SESSION_TOKEN":         faultscript.Credential,
		"AWS_EC2_METADATA_DISABLED": "true",
		"VAULT_TOKEN":               faultscript.Credential,
		"AZURE_TENANT_ID":           tenant,
		"AZURE_CLIENT_ID":           "22222222-3333-4444-5555-666666666666",
		"AZURE_CLIENT_SECRET":       faultscript.Credential,
		"GCE_METADATA_HOST":         "127.0.0.1:1", // where no server listens
	} {
		_ = os.Setenv(variable, value)
	}
	code := m.Run()
	_ = os.RemoveAll(empty)
	os.Exit(code)
}

func foreign(variable string) bool {
	for _, prefix := range []string{
		"AWS_", "VAULT_", "BAO_", "GOOGLE_", "GCE_", "CLOUDSDK_", "AZURE_", "IDENTITY_", "MSI_", "IMDS_",
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
	} {
		if strings.HasPrefix(variable, prefix) {
			return true
		}
	}
	return false
}

// open opens config as a program does. A failure is not remembered, so that a
// test can change a fake and read again.
func open(t *testing.T, config string, backends ...secretmux.Backend) *secretmux.Store {
	t.Helper()
	o := secretmux.Opener{Backends: backends, Options: secretmux.Options{NegativeTTL: -1}}
	store, err := o.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func wantClass(t *testing.T, err, want error) {
	t.Helper()
	if class := secretmux.ClassOf(err); class != want {
		t.Errorf("the class is %v, want %v; the error is %v", class, want, err)
	}
}
