package azure_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux/testing/faultscript"
)

// ServeHTTP speaks the data plane of Key Vault.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	f.mu.Lock()
	f.requests = append(f.requests, r.Method+" "+path)
	handler, asked := f.handlers[path]
	if !asked {
		handler = f.all
	}
	challenge := f.challenge
	f.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+faultscript.Credential {
		w.Header().Set("WWW-Authenticate", challenge)
		reply(w, http.StatusUnauthorized, map[string]any{"error": map[string]any{"code": "Unauthorized", "message": faultscript.Canary}})
		return
	}
	if handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || query.Get("api-version") == "" {
		failWith(http.StatusBadRequest, "BadParameter", "", "").ServeHTTP(w, r)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	skip, _ := strconv.Atoi(query.Get("$skiptoken"))
	switch parts := strings.Split(strings.Trim(path, "/"), "/"); {
	case len(parts) == 1 && parts[0] == "secrets":
		f.list(w, skip)
	case len(parts) == 3 && parts[0] == "secrets" && parts[2] == "versions":
		f.versions(w, parts[1], skip)
	case len(parts) == 2 && parts[0] == "secrets":
		f.get(w, r, parts[1], "")
	case len(parts) == 3 && parts[0] == "secrets":
		f.get(w, r, parts[1], parts[2])
	case len(parts) == 2 && parts[0] == "deletedsecrets":
		f.getDeleted(w, r, parts[1])
	default:
		http.NotFound(w, r)
	}
}

func (f *fake) get(w http.ResponseWriter, r *http.Request, name, id string) {
	all := f.secrets[strings.ToLower(name)]
	for _, v := range slices.Backward(all) {
		if id != "" && v.id != id {
			continue
		}
		if v.disabled {
			failWith(http.StatusForbidden, "Forbidden", "SecretDisabled", v.value).ServeHTTP(w, r)
			return
		}
		reply(w, http.StatusOK, f.bundle(f.names[strings.ToLower(name)], v))
		return
	}
	failWith(http.StatusNotFound, "SecretNotFound", "", faultscript.Canary).ServeHTTP(w, r)
}

func (f *fake) bundle(name string, v *version) map[string]any {
	body := map[string]any{"attributes": attributes(v), "contentType": "text/plain"}
	if !v.noValue {
		body["value"] = v.value
	}
	switch {
	case v.otherID:
		body["id"] = "https://" + vaultHost + "/secrets/other/" + v.id
	case !v.noID:
		body["id"] = "https://" + vaultHost + "/secrets/" + name + "/" + v.id
	}
	return body
}

func attributes(v *version) map[string]any {
	a := map[string]any{
		"enabled": !v.disabled, "created": v.created, "updated": max(v.created, v.updated), "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90,
	}
	if v.exp != 0 {
		a["exp"] = v.exp
	}
	if v.nbf != 0 {
		a["nbf"] = v.nbf
	}
	return a
}

func (f *fake) getDeleted(w http.ResponseWriter, r *http.Request, name string) {
	if !f.deleted[strings.ToLower(name)] {
		failWith(http.StatusNotFound, "SecretNotFound", "", faultscript.Canary).ServeHTTP(w, r)
		return
	}
	reply(w, http.StatusOK, map[string]any{
		"recoveryId": "https://" + vaultHost + "/deletedsecrets/" + name, "deletedDate": f.clock, "scheduledPurgeDate": f.clock + 1000,
		"id": "https://" + vaultHost + "/secrets/" + name + "/" + strings.Repeat("0", 32), "attributes": map[string]any{"enabled": true},
	})
}

func (f *fake) list(w http.ResponseWriter, skip int) {
	var items []map[string]any
	for key, all := range f.secrets {
		items = append(items, map[string]any{
			"id": "https://" + vaultHost + "/secrets/" + f.names[key], "attributes": attributes(all[len(all)-1]),
		})
	}
	slices.SortFunc(items, func(a, b map[string]any) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	f.page(w, "/secrets", items, skip)
}

// versions lists in an order of no meaning.
func (f *fake) versions(w http.ResponseWriter, name string, skip int) {
	var items []map[string]any
	for i, v := range f.secrets[strings.ToLower(name)] {
		item := map[string]any{"id": "https://" + vaultHost + "/secrets/" + name + "/" + v.id, "attributes": attributes(v)}
		items = slices.Insert(items, i/2, item)
	}
	f.page(w, "/secrets/"+name+"/versions", items, skip)
}

func (f *fake) page(w http.ResponseWriter, path string, items []map[string]any, skip int) {
	next := any(nil)
	end := min(len(items), skip+f.pageSize)
	if end < len(items) {
		next = "https://" + vaultHost + path + "?api-version=7.6&$skiptoken=" + strconv.Itoa(end)
	}
	items = items[min(skip, end):end]
	if items == nil {
		items = []map[string]any{}
	}
	reply(w, http.StatusOK, map[string]any{"value": items, "nextLink": next})
}
