package vault_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The credentials that the fake accepts.
const (
	secretID = "secret-id-of-the-tests"
	jwtText  = "header.payload.signature"
	password = "correct horse battery staple"
)

func (s *server) login(w http.ResponseWriter, r *http.Request, path string) {
	s.logins++
	body := bodyOf(r)
	ok := false
	switch path {
	case "auth/approle/login", "auth/team/approle/login":
		_, sent := body["secret_id"]
		ok = body["role_id"] == "role-1" && body["secret_id"] == secretID || body["role_id"] == "role-unbound" && !sent
	case "auth/kubernetes/login", "auth/jwt/login":
		role, sent := body["role"]
		ok = (role == "app" || !sent && path == "auth/jwt/login") && body["jwt"] == jwtText
	case "auth/other/login":
	case "auth/userpass/login/alice@example.com":
		ok = body["password"] == password
	case "auth/cert/login":
		ok = body["name"] == "web"
	default:
		reply(w, http.StatusNotFound, map[string]any{"errors": []string{"no handler for route"}})
		return
	}
	if !ok {
		reply(w, http.StatusBadRequest, map[string]any{"errors": []string{"invalid role or secret ID"}})
		return
	}
	name := fmt.Sprintf("hvs.login-%d", s.logins)
	now := time.Now()
	s.tokens[name] = &token{ends: now.Add(s.tokenTTL), max: now.Add(s.tokenMax)}
	s.replyToken(w, name, s.tokenTTL)
}

func (s *server) replyToken(w http.ResponseWriter, name string, ttl time.Duration) {
	reply(w, http.StatusOK, map[string]any{"data": nil, "auth": map[string]any{
		"client_token": name, "accessor": "a", "lease_duration": int(ttl.Seconds()), "renewable": true, "token_type": "service", "policies": []string{"default"},
	}})
}

func (s *server) token(w http.ResponseWriter, r *http.Request, action string) {
	name := s.tokenOf(r)
	t := s.tokens[name]
	switch r.Method + " " + action {
	case "GET lookup-self":
		reply(w, http.StatusOK, map[string]any{"data": map[string]any{"id": name, "ttl": 3600}})
	case "POST renew-self":
		t.ends = earlier(time.Now().Add(s.tokenTTL), t.max)
		s.replyToken(w, name, time.Until(t.ends))
	case "POST revoke-self":
		delete(s.tokens, name)
		for id, l := range s.leases {
			if l.token == name {
				delete(s.leases, id)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		reply(w, http.StatusMethodNotAllowed, map[string]any{"errors": []string{"unsupported operation"}})
	}
}

func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// leased is a lease of a dynamic secret.
type leased struct {
	token     string
	ends, max time.Time
}

func (s *server) mint(w http.ResponseWriter, r *http.Request, path string) {
	if strings.HasSuffix(path, "/absent") {
		reply(w, http.StatusNotFound, map[string]any{"errors": []string{}})
		return
	}
	s.minted++
	id := fmt.Sprintf("%s/lease%d", path, s.minted)
	now := time.Now()
	s.leases[id] = &leased{token: s.tokenOf(r), ends: now.Add(s.leaseTTL), max: now.Add(s.leaseMax)}
	reply(w, http.StatusOK, map[string]any{
		"lease_id": id, "lease_duration": int(s.leaseTTL.Seconds()), "renewable": true,
		"data": map[string]any{"username": fmt.Sprintf("v-app-%d", s.minted), "password": fmt.Sprintf("pw-%d", s.minted)},
	})
}

func (s *server) lease(w http.ResponseWriter, r *http.Request, action string) {
	id, _ := bodyOf(r)["lease_id"].(string)
	l := s.leases[id]
	if l == nil || !time.Now().Before(l.ends) || s.tokens[l.token] == nil {
		reply(w, http.StatusBadRequest, map[string]any{"errors": []string{"lease not found"}})
		return
	}
	switch action {
	case "lookup":
		reply(w, http.StatusOK, map[string]any{"data": map[string]any{"id": id, "ttl": 1, "renewable": true}})
	case "renew":
		l.ends = earlier(time.Now().Add(s.leaseTTL), l.max)
		reply(w, http.StatusOK, map[string]any{"lease_id": id, "lease_duration": int(time.Until(l.ends).Seconds()), "renewable": true})
	case "revoke":
		delete(s.leases, id)
		w.WriteHeader(http.StatusNoContent)
	}
}
