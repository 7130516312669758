package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestProbes(t *testing.T) {
	backend, injector := memory.New(map[string]string{"db/password": "s3cret"}), faults.New(faults.Options{})
	store, err := secretmux.Open(t.Context(), "memory:?stale=1h", injector.Backend(backend.Backend()))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.Watch(t.Context(), "db/password"); err != nil {
		t.Fatal(err)
	}
	handler := probes(store)
	want := func(when string, live, ready, check int) {
		t.Helper()
		for path, status := range map[string]int{"/livez": live, "/readyz": ready, "/checkz": check} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != status {
				t.Errorf("%s: %s is %d, want %d", when, path, w.Code, status)
			}
			if strings.Contains(w.Body.String(), "db/password") {
				t.Errorf("%s: %s tells a stranger the names of secrets", when, path)
			}
		}
	}
	want("all is well", 200, 200, 200)
	injector.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
	_ = store.Refresh(t.Context(), "db/password")
	want("the backend is down and the value is still good", 200, 200, 503)
	injector.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}))
	_ = store.Refresh(t.Context(), "db/password")
	want("the permission was revoked", 200, 503, 503)
	injector.Heal()
	_ = store.Refresh(t.Context(), "db/password")
	want("all is well again", 200, 200, 200)
}

// The service starts with a mount like the manifest's, and does not start without it.
func TestStartsOverTheMountOfTheManifest(t *testing.T) {
	config, folder := values(t)["Deployment/spec/template/spec/containers/0/env/0/value"], t.TempDir()
	t.Setenv("SECRETS", strings.Replace(config, "/etc/secrets", filepath.ToSlash(folder), 1))
	if store, err := open(t.Context()); err == nil {
		_ = store.Close()
		t.Fatal("the service starts without its secrets")
	}
	mount(t, folder)
	store, err := open(t.Context())
	if err != nil {
		t.Fatalf("over the mount: %v", err)
	}
	if err := errors.Join(store.Ready(), store.Close()); err != nil {
		t.Error(err)
	}
}

// mount writes the secret's items as the kubelet does: links through ..data into a
// folder of the time.
func mount(t *testing.T, folder string) {
	t.Helper()
	at := values(t)
	now := filepath.Join(folder, "..2026_01_01_00_00_00.1")
	for i := range 2 {
		item := "Deployment/spec/template/spec/volumes/0/secret/items/" + string(rune('0'+i))
		file := filepath.Join(now, filepath.FromSlash(at[item+"/path"]))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(at["Secret/stringData/"+at[item+"/key"]]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	links := map[string]string{"..data": filepath.Base(now), "db": filepath.Join("..data", "db"), "payments": filepath.Join("..data", "payments")}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManifestFitsTheProgram(t *testing.T) {
	at := values(t)
	const pod = "Deployment/spec/template/spec/"
	const container = pod + "containers/0/"
	for _, pair := range [][2]string{
		{container + "volumeMounts/0/name", pod + "volumes/0/name"},
		{pod + "volumes/0/secret/secretName", "Secret/metadata/name"},
		{"Deployment/spec/selector/matchLabels/app", "Deployment/spec/template/metadata/labels/app"},
		{container + "livenessProbe/httpGet/port", container + "ports/0/containerPort"},
		{container + "readinessProbe/httpGet/port", container + "ports/0/containerPort"},
	} {
		if at[pair[0]] == "" || at[pair[0]] != at[pair[1]] {
			t.Errorf("%s is %q, and %s is %q", pair[0], at[pair[0]], pair[1], at[pair[1]])
		}
	}
	// The config string leads to the mount.
	if at[container+"env/0/name"] != "SECRETS" || at[container+"env/0/value"] != "file://"+at[container+"volumeMounts/0/mountPath"] {
		t.Error("SECRETS does not lead to the mountPath")
	}
	store, err := secretmux.Open(t.Context(), at[container+"env/0/value"], local.Backend())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	// The program has the probes' paths, and listens on their port.
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{at[container+"livenessProbe/httpGet/path"], at[container+"readinessProbe/httpGet/path"]} {
		w := httptest.NewRecorder()
		probes(store).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s is %d", path, w.Code)
		}
	}
	if !strings.Contains(string(source), `run(ctx, ":`+at[container+"ports/0/containerPort"]+`")`) {
		t.Error("the program listens on another port")
	}
	// The items are the names that the program asks for, from keys that the Secret has.
	for i, name := range []string{"db/password", "payments/token"} {
		item := pod + "volumes/0/secret/items/" + string(rune('0'+i))
		if at[item+"/path"] != name || !strings.Contains(string(source), `"`+name+`"`) {
			t.Errorf("item %d is mounted as %s, want %s", i, at[item+"/path"], name)
		}
		if _, ok := at["Secret/stringData/"+at[item+"/key"]]; !ok {
			t.Errorf("the Secret has no key %s", at[item+"/key"])
		}
	}
}
