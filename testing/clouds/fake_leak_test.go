package clouds_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/testing/faultscript"
)

// canaries are servers with Canary in all their answers, by scheme.
func canaries() map[string]func(t *testing.T) (address string) {
	return map[string]func(*testing.T) string{
		"aws-sm": func(t *testing.T) string {
			return plain(t, awsCanary(`{"Name":"good","VersionId":"v1","SecretString":%q}`, "ResourceNotFoundException"))
		},
		"aws-ps": func(t *testing.T) string {
			return plain(t, awsCanary(`{"Parameter":{"Name":"good","Version":1,"Value":%q}}`, "ParameterNotFound"))
		},
		"vault":    func(t *testing.T) string { return plain(t, http.HandlerFunc(vaultCanary)) },
		"gcp-sm":   func(t *testing.T) string { return serveGRPC(t, access(gcpCanary)) },
		"azure-kv": func(t *testing.T) string { return serveTLS(t, keyVault(azureCanary)) },
	}
}

func page(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<!DOCTYPE html><title>"+faultscript.Canary+"</title>")
}

func awsCanary(found, notFound string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Name     string
			SecretID string `json:"SecretId"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		code := "AccessDeniedException"
		switch in.Name + in.SecretID {
		case good:
			_, _ = fmt.Fprintf(w, found, faultscript.Canary)
			return
		case broken:
			page(w)
			return
		case absent:
			code = notFound
		}
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": faultscript.Canary + faultscript.Credential})
	})
}

func vaultCanary(w http.ResponseWriter, r *http.Request) {
	switch name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; name {
	case good:
		answer(w, http.StatusOK, map[string]any{"data": map[string]any{
			"data": map[string]string{"value": faultscript.Canary}, "metadata": map[string]any{"version": 1, "created_time": "2026-01-02T03:04:05Z"},
		}})
	case broken:
		page(w)
	case absent:
		answer(w, http.StatusNotFound, map[string]any{"errors": []string{}})
	case "kv": // the mount
		answer(w, http.StatusOK, map[string]any{"data": map[string]any{"type": "kv", "options": map[string]string{"version": "2"}}})
	case "lookup-self":
		answer(w, http.StatusOK, map[string]any{"data": map[string]any{"id": faultscript.Credential, "ttl": 3600}})
	default:
		answer(w, http.StatusForbidden, map[string]any{"errors": []string{"permission denied " + faultscript.Canary + faultscript.Credential}})
	}
}

func gcpCanary(id string) (value string, status int, spoilt bool) {
	switch id {
	case good:
		return faultscript.Canary, 0, false
	case broken:
		return faultscript.Canary, 0, true
	case absent:
		return "Secret [projects/123456789012/secrets/" + id + "] not found. " + faultscript.Canary, 5, false
	}
	return faultscript.Canary, 7, false
}

func azureCanary(w http.ResponseWriter, name string) {
	status, code := http.StatusForbidden, "Forbidden"
	switch name {
	case good:
		answer(w, http.StatusOK, map[string]any{
			"value": faultscript.Canary, "id": "https://my-vault.vault.azure.net/secrets/good/" + strings.Repeat("a", 32), "attributes": map[string]any{"enabled": true},
		})
		return
	case broken:
		page(w)
		return
	case absent:
		status, code = http.StatusNotFound, "SecretNotFound"
	}
	answer(w, status, map[string]any{"error": map[string]any{"code": code, "message": faultscript.Canary + faultscript.Credential}})
}
