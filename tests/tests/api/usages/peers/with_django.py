"""The usages with Django 5.2, for the page of usages. The lines from `schema` or `count` to `end` are counted.

To check them: pip install django==5.2 && python with_django.py
The format is that of black with a width of 120.
"""

import secrets
import time

from django.contrib import messages
from django.utils.crypto import constant_time_compare

# --- steps.rs


def order_form_add(request, taco):
    # count: order_form
    order = request.session.get("order", {"name": "", "street": "", "tacos": []})
    order["tacos"].append(taco)
    request.session["order"] = order
    # end


def order_form_finish(request):
    # count: order_form
    order = request.session.pop("order", {"name": "", "street": "", "tacos": []})
    # end
    return order


def signup_start(request):
    # count: signup
    request.session["reg_name"] = "Ada"
    request.session["reg_email"] = "ada@example.org"
    request.session["reg_dob"] = "1990-12-10"
    request.session["otp_timestamp"] = 1796119200.5
    request.session.pop("otp_attempts", None)
    # end


def signup_attempt(request):
    # count: signup
    attempts = request.session.get("otp_attempts", 0) + 1
    request.session["otp_attempts"] = attempts
    name = request.session.get("reg_name")
    # end
    return attempts, name


def signup_finish(request):
    # count: signup
    for key in ["reg_name", "reg_email", "reg_dob", "otp_timestamp", "otp_attempts"]:
        request.session.pop(key, None)
    # end


def checkout_write(request):
    # count: checkout
    request.session["checkout_customer_id"] = 7
    request.session["checkout_address_id"] = 70
    # end


def checkout_read(request):
    # count: checkout
    customer_id = request.session.get("checkout_customer_id")
    address_id = request.session.get("checkout_address_id")
    ids = (customer_id, address_id) if customer_id and address_id else None
    # end
    return ids


def checkout_finish(request):
    # count: checkout
    for key in ["checkout_customer_id", "checkout_address_id", "checkout_note"]:
        request.session.pop(key, None)
    # end


# --- messages.rs


def message_and_path_login(request):
    # count: message_and_path
    request.session.cycle_key()
    request.session["authenticatedUserID"] = 7
    path = request.session.pop("redirectPathAfterLogin", None)
    # end
    return path


def message_and_path_logout(request):
    # count: message_and_path
    request.session.cycle_key()
    request.session.pop("authenticatedUserID", None)
    request.session["flash"] = "You are logged out."
    # end


def message_and_path_show(request):
    # count: message_and_path
    message = request.session.pop("flash", None)
    # end
    return message


def message_list_add(request, text):
    # count: message_list
    messages.error(request, text)
    # end


def message_list_show(request):
    # count: message_list
    shown = list(messages.get_messages(request))
    # end
    return shown


def message_per_kind_write(request):
    # count: message_per_kind
    request.session["flash_success"] = "Saved"
    request.session["flash_warning"] = "Quota is low"
    # end


def message_per_kind_show(request):
    # count: message_per_kind
    success = request.session.pop("flash_success", None)
    error = request.session.pop("flash_error", None)
    warning = request.session.pop("flash_warning", None)
    info = request.session.pop("flash_info", None)
    # end
    return [success, error, warning, info]


# --- lists.rs


def word_list_add(request, product):
    # count: word_list
    request.session["mercado"] = request.session.get("mercado", []) + [product]
    # end


def word_list_show(request):
    # count: word_list
    words = request.session.get("mercado", [])
    # end
    return words


def recently_viewed_add(request, product):
    # count: recently_viewed
    viewed = request.session.get("recently_viewed", [])
    if product in viewed:
        viewed.remove(product)
    viewed.insert(0, product)
    request.session["recently_viewed"] = viewed[:10]
    # end


def recently_viewed_show(request):
    # count: recently_viewed
    viewed = request.session.get("recently_viewed", [])
    # end
    return viewed


# --- protected.rs


def form_token_show(request):
    # count: form_token
    token = request.session.get("csrf_token")
    if token is None:
        token = secrets.token_urlsafe(32)
        request.session["csrf_token"] = token
    # end
    return token


def form_token_check(request, submitted):
    # count: form_token
    token = request.session.get("csrf_token")
    valid = token is not None and constant_time_compare(token, submitted)
    # end
    return valid


# --- groups.rs


def login_states_password(request):
    # count: login_states
    request.session["pending_2fa_user"] = "ada"
    # end


def login_states_code(request):
    # count: login_states
    pending = request.session.pop("pending_2fa_user", None)
    if pending is not None:
        request.session.cycle_key()
        request.session["logged_in"] = True
        request.session["auth_username"] = pending
    # end
    return pending


def login_states_read(request):
    # count: login_states
    username = request.session.get("auth_username") if request.session.get("logged_in") else None
    # end
    return username


def login_states_logout(request):
    # count: login_states
    for key in ["logged_in", "auth_username", "pending_2fa_user"]:
        request.session.pop(key, None)
    # end


# --- expiring.rs


def provider_state_write(request, state):
    # count: provider_state
    request.session[f"_state_google_{state}"] = {"data": {"redirect_uri": "/callback"}, "exp": time.time() + 300}
    # end


def provider_state_read(request, state):
    # count: provider_state
    stored = request.session.pop(f"_state_google_{state}", None)
    data = stored["data"] if stored and time.time() < stored["exp"] else None
    # end
    return data


def pending_login_write(request):
    # count: pending_login
    request.session["pending_2fa_user"] = "ada"
    request.session["pending_2fa_at"] = time.time()
    # end


def pending_login_read(request):
    # count: pending_login
    user = request.session.get("pending_2fa_user")
    if user and time.time() - request.session.get("pending_2fa_at", 0) > 300:
        request.session.pop("pending_2fa_user", None)
        request.session.pop("pending_2fa_at", None)
        user = None
    # end
    return user


def pending_login_finish(request):
    # count: pending_login
    request.session.pop("pending_2fa_user", None)
    request.session.pop("pending_2fa_at", None)
    # end


# --- keyed.rs


def code_per_registration_write(request, registration, code):
    # count: code_per_registration
    request.session[f"reg_otp_{registration}"] = code
    request.session[f"reg_otp_expiry_{registration}"] = time.time() + 600
    # end


def code_per_registration_read(request, registration):
    # count: code_per_registration
    code = request.session.pop(f"reg_otp_{registration}", None)
    expiry = request.session.pop(f"reg_otp_expiry_{registration}", 0)
    if time.time() > expiry:
        code = None
    # end
    return code


def vote_per_quote_write(request, quote):
    # count: vote_per_quote
    request.session[f"voted_{quote}"] = True
    # end


def vote_per_quote_read(request, quote):
    # count: vote_per_quote
    voted = request.session.get(f"voted_{quote}", False)
    # end
    return voted


def import_per_client_upload(request, client, rows):
    # count: import_per_client
    request.session[f"import_preview_{client}"] = rows
    request.session[f"import_filename_{client}"] = "list.csv"
    # end


def import_per_client_confirm(request, client):
    # count: import_per_client
    rows = request.session.pop(f"import_preview_{client}", None)
    name = request.session.pop(f"import_filename_{client}", "unknown.csv")
    # end
    return rows, name


def access_per_group_write(request, group):
    # count: access_per_group
    request.session[f"chat_{group}_last_seen"] = "2026-12-01T10:00:00Z"
    request.session[f"group_access_{group}"] = True
    # end


def access_per_group_read(request, group):
    # count: access_per_group
    last_seen = request.session.get(f"chat_{group}_last_seen")
    has_access = request.session.get(f"group_access_{group}", False)
    # end
    return last_seen, has_access


def message_per_project_write(request, project):
    # count: message_per_project
    request.session[f"manage_{project}_message"] = {"Info": "Saved"}
    # end


def message_per_project_show(request, project):
    # count: message_per_project
    message = request.session.pop(f"manage_{project}_message", None)
    # end
    return message


def link_per_order_write(request, order, url):
    # count: link_per_order
    request.session[f"new_link:{order}"] = url
    # end


def link_per_order_show(request, order):
    # count: link_per_order
    url = request.session.pop(f"new_link:{order}", None)
    # end
    return url


def view_per_table_write(request, view):
    # count: view_per_table
    request.session[f"{view}-search"] = "tea"
    request.session[f"{view}-sortid"] = "name"
    request.session[f"{view}-sortdirection"] = "asc"
    # end


def view_per_table_read(request, view):
    # count: view_per_table
    search = request.session.get(f"{view}-search", "")
    sort_id = request.session.get(f"{view}-sortid", "")
    direction = request.session.get(f"{view}-sortdirection", "")
    # end
    return search, sort_id, direction


def main():
    """Runs each usage in a session that is saved and loaded between the requests, as by Django's middleware."""
    from django.conf import settings

    settings.configure(
        SECRET_KEY="x",
        SESSION_ENGINE="django.contrib.sessions.backends.cache",
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    )
    import django

    django.setup()
    from django.contrib.messages.storage.session import SessionStorage
    from django.contrib.sessions.backends.cache import SessionStore
    from django.http import HttpRequest, HttpResponse

    session_key = None

    def visit(handler, *arguments):
        nonlocal session_key
        request = HttpRequest()
        request.session = SessionStore(session_key)
        request._messages = SessionStorage(request)
        result = handler(request, *arguments)
        request._messages.update(HttpResponse())
        if request.session.modified:
            request.session.save()
        session_key = request.session.session_key
        return result

    visit(order_form_add, "fish")
    visit(order_form_add, "bean")
    assert visit(order_form_finish)["tacos"] == ["fish", "bean"]
    visit(signup_start)
    assert visit(signup_attempt) == (1, "Ada")
    assert visit(signup_attempt) == (2, "Ada")
    visit(signup_finish)
    assert visit(signup_attempt) == (1, None)
    visit(checkout_write)
    assert visit(checkout_read) == (7, 70)
    visit(checkout_finish)
    assert visit(checkout_read) is None
    visit(message_and_path_login)
    visit(message_and_path_logout)
    assert [visit(message_and_path_show), visit(message_and_path_show)] == ["You are logged out.", None]
    visit(message_list_add, "one")
    visit(message_list_add, "two")
    assert [str(message) for message in visit(message_list_show)] == ["one", "two"]
    assert visit(message_list_show) == []
    visit(message_per_kind_write)
    assert visit(message_per_kind_show) == ["Saved", None, "Quota is low", None]
    visit(word_list_add, "leite")
    visit(word_list_add, "pão")
    assert visit(word_list_show) == ["leite", "pão"]
    for product in [*range(12), 5]:
        visit(recently_viewed_add, product)
    assert visit(recently_viewed_show) == [5, 11, 10, 9, 8, 7, 6, 4, 3, 2]
    token = visit(form_token_show)
    assert visit(form_token_show) == token and visit(form_token_check, token)
    assert not visit(form_token_check, "")
    visit(login_states_password)
    assert visit(login_states_read) is None
    assert visit(login_states_code) == "ada"
    assert visit(login_states_read) == "ada"
    visit(login_states_logout)
    assert visit(login_states_read) is None
    visit(provider_state_write, "s1")
    assert [visit(provider_state_read, "s1") for _ in range(2)] == [{"redirect_uri": "/callback"}, None]
    visit(pending_login_write)
    assert visit(pending_login_read) == "ada"
    visit(pending_login_finish)
    assert visit(pending_login_read) is None
    visit(code_per_registration_write, "r1", "123456")
    assert [visit(code_per_registration_read, "r1") for _ in range(2)] == ["123456", None]
    visit(vote_per_quote_write, 7)
    assert [visit(vote_per_quote_read, quote) for quote in [7, 8]] == [True, False]
    visit(import_per_client_upload, 7, ["row"])
    assert visit(import_per_client_confirm, 7) == (["row"], "list.csv")
    visit(access_per_group_write, 7)
    assert visit(access_per_group_read, 7) == ("2026-12-01T10:00:00Z", True)
    visit(message_per_project_write, 7)
    assert [visit(message_per_project_show, 7) for _ in range(2)] == [{"Info": "Saved"}, None]
    visit(link_per_order_write, 7, "/l")
    assert [visit(link_per_order_show, 7) for _ in range(2)] == ["/l", None]
    visit(view_per_table_write, "app-table-view")
    assert visit(view_per_table_read, "app-table-view") == ("tea", "name", "asc")


if __name__ == "__main__":
    main()
