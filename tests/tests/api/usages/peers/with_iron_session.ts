// The usages with iron-session 8.0.4, for the page of usages. The lines from `schema` or `count` to `end` are counted.
//
// To check the types: npm install iron-session@8.0.4 typescript@7 @types/node@24, then
// npx tsc --noEmit --strict --module nodenext --target es2022 --skipLibCheck with_iron_session.ts
// The format is that of prettier with a width of 120.

import type { IronSession } from "iron-session";

declare const mailCode: (code: string) => void;

// --- accounts.rs

// schema: token_with_date
interface TokenWithDate {
  userId?: string;
  email?: string;
  token?: string;
  expiresOn?: string;
  error?: string;
}
// end

export async function tokenWithDateRead(session: IronSession<TokenWithDate>) {
  // count: token_with_date
  const token = session.token;
  const expiresOn = session.expiresOn === undefined ? undefined : new Date(session.expiresOn);
  const error = session.error;
  delete session.error;
  await session.save();
  // end
  return { token, expiresOn, error };
}

export async function tokenWithDateWrite(session: IronSession<TokenWithDate>, expiresOn: Date) {
  // count: token_with_date
  session.userId = "u8";
  session.email = "ada@example.org";
  session.token = "t1";
  session.expiresOn = expiresOn.toISOString();
  await session.save();
  // end
}

// schema: user_object
interface UserObject {
  user?: {
    id: number;
    username: string;
    rol: number;
  };
  restoreToken?: string;
}
// end

export async function userObjectWrite(session: IronSession<UserObject>) {
  // count: user_object
  session.user = { id: 7, username: "ada", rol: 2 };
  session.restoreToken = "r1";
  await session.save();
  // end
}

export async function userObjectRead(session: IronSession<UserObject>) {
  // count: user_object
  const user = session.user;
  const token = session.restoreToken;
  delete session.restoreToken;
  await session.save();
  // end
  return { user, token };
}

// schema: passport
interface Passport {
  passport?: {
    user: { username: string; id: string };
  };
}
// end

export async function passportLogin(session: IronSession<Passport>) {
  // count: passport
  const user = session.passport?.user;
  // end
  // count: passport
  session.passport = { user: { username: "bob", id: "8" } };
  await session.save();
  // end
  return user;
}

// schema: role_of_user
interface RoleOfUser {
  user?: {
    name: string;
    role: "husband" | "wife";
  };
}
// end

export async function roleOfUser(session: IronSession<RoleOfUser>) {
  // count: role_of_user
  session.user = { name: "Ada", role: "wife" };
  await session.save();
  // end
  // count: role_of_user
  const user = session.user;
  // end
  return user;
}

// schema: profile
interface Profile {
  id?: number;
  username?: string;
  email?: string;
  avatar_url?: string;
  banner_url?: string;
  signature?: string;
  token?: string;
  createdAt?: string;
  updatedAt?: string;
  role?: {
    id?: number;
    name?: string;
    color?: string;
    default?: boolean;
    team?: boolean;
    high_team?: boolean;
    priority?: number;
    gradient?: boolean;
    start?: string | null;
    end?: string | null;
  };
  user_id?: {
    id: number;
  };
  isLoggedIn?: boolean;
}
// end

export async function profile(session: IronSession<Profile>) {
  // count: profile
  const profile = { ...session, isLoggedIn: session.isLoggedIn ?? false };
  // end
  // count: profile
  session.username = "ada.l";
  session.role = { ...session.role, priority: 10 };
  await session.save();
  // end
  return profile;
}

// schema: ethereum
interface Ethereum {
  address?: string;
  chainId?: number;
  authenticated?: boolean;
}
// end

export async function ethereum(session: IronSession<Ethereum>) {
  // count: ethereum
  session.address = "0xA1";
  session.chainId = 10;
  session.authenticated = true;
  await session.save();
  // end
  // count: ethereum
  const address = session.authenticated ? session.address : undefined;
  // end
  return address;
}

// schema: anonymous_user
interface AnonymousUser {
  userId?: string;
  email?: string;
  name?: string;
  role?: string;
  isAnonymous?: boolean;
}
// end

export async function anonymousUser(session: IronSession<AnonymousUser>) {
  // count: anonymous_user
  session.name = "Ada";
  session.email = "ada@example.org";
  delete session.isAnonymous;
  await session.save();
  // end
  // count: anonymous_user
  const user = { ...session, isAnonymous: session.isAnonymous ?? false };
  // end
  return user;
}

// schema: wallet
interface Wallet {
  accountAddress?: string;
  secret?: string;
  hasRentalHook?: boolean;
  error?: string;
}
// end

export async function walletWrite(session: IronSession<Wallet>) {
  // count: wallet
  session.hasRentalHook = true;
  session.error = "no funds";
  await session.save();
  // end
}

export async function walletRead(session: IronSession<Wallet>) {
  // count: wallet
  const hasHook = session.hasRentalHook ?? false;
  const error = session.error;
  delete session.error;
  await session.save();
  // end
  return { hasHook, error };
}

// schema: typed_session
interface TypedSession {
  userId?: number;
}
// end

export async function typedSessionWrite(session: IronSession<TypedSession>) {
  // count: typed_session
  session.userId = 7;
  await session.save();
  // end
}

export async function typedSessionRead(session: IronSession<TypedSession>) {
  // count: typed_session
  const userId = session.userId;
  session.destroy();
  // end
  return userId;
}

// schema: saml
interface Saml {
  relayState?: string;
  idp?: string;
  userId?: string;
  email?: string;
  samlSessionId?: string;
  authenticated?: boolean;
}
// end

export async function samlStart(session: IronSession<Saml>) {
  // count: saml
  session.relayState = "/report";
  session.idp = "corp";
  await session.save();
  // end
}

export async function samlEnd(session: IronSession<Saml>) {
  // count: saml
  const target = session.relayState;
  delete session.relayState;
  session.userId = "u7";
  session.email = "ada@example.org";
  session.samlSessionId = "s1";
  session.authenticated = true;
  await session.save();
  // end
  return target;
}

// schema: tenant_user
interface TenantUser {
  userId?: string;
  role?: string;
  tenantId?: string;
  reserveId?: string | null;
  sessionId?: string;
  issuedAt?: number;
}
// end

export async function tenantUser(session: IronSession<TenantUser>) {
  // count: tenant_user
  const userId = session.userId;
  const reserveId = session.reserveId ?? undefined;
  // end
  // count: tenant_user
  session.reserveId = "r1";
  await session.save();
  // end
  return { userId, reserveId };
}

// --- steps.rs

// schema: deployment
enum Progress {
  QUESTIONS,
  DEPLOYMENT,
  COMPLETED,
}

interface Stack {
  apiKey: string;
  deliveryToken: string;
  environment: string;
}

interface Project {
  projectUid: string;
  environmentUid: string;
  deploymentUid: string;
}

interface Deployment {
  accessToken?: string;
  refreshToken?: string;
  organizationUid?: string;
  progress?: Progress;
  stackDetails?: Stack;
  launchProjectDetails?: Project;
  error?: string;
}
// end

export async function deploymentRead(session: IronSession<Deployment>) {
  // count: deployment
  const progress = session.progress;
  const stack = session.stackDetails;
  const error = session.error;
  delete session.error;
  await session.save();
  // end
  return { progress, stack, error };
}

export async function deploymentWrite(session: IronSession<Deployment>, project: Project) {
  // count: deployment
  session.launchProjectDetails = project;
  session.progress = Progress.DEPLOYMENT;
  await session.save();
  // end
}

// schema: form_with_errors
interface CaseErrors {
  caseNumber: string;
}

interface FormWithErrors {
  caseNumber?: string;
  hasLinkedCase?: boolean;
  caseNumberErrors?: CaseErrors;
  tempCaseNumber?: string;
  userId?: string;
}
// end

export async function formRejected(session: IronSession<FormWithErrors>, errors: CaseErrors) {
  // count: form_with_errors
  session.caseNumberErrors = errors;
  session.tempCaseNumber = "12";
  await session.save();
  // end
}

export async function formShown(session: IronSession<FormWithErrors>) {
  // count: form_with_errors
  const errors = session.caseNumberErrors;
  const input = session.tempCaseNumber;
  delete session.caseNumberErrors;
  delete session.tempCaseNumber;
  await session.save();
  // end
  return { errors, input };
}

export async function formAccepted(session: IronSession<FormWithErrors>) {
  // count: form_with_errors
  session.caseNumber = "1234-5678-9012-3456";
  await session.save();
  // end
}

// schema: passkey
type Ceremony = { Registration: string } | { Authentication: string };

interface Passkey {
  auth_state?: [number, string, Ceremony];
  username?: string;
}
// end

export async function passkeyStart(session: IronSession<Passkey>) {
  // count: passkey
  session.auth_state = [7, "ada", { Registration: "c1" }];
  await session.save();
  // end
}

export async function passkeyFinish(session: IronSession<Passkey>) {
  // count: passkey
  const state = session.auth_state;
  delete session.auth_state;
  if (state) {
    session.username = state[1];
  }
  await session.save();
  // end
  return state;
}

// --- messages.rs

// schema: return_to
interface ReturnTo {
  userId?: string;
  returnTo?: string;
}
// end

export async function returnToWrite(session: IronSession<ReturnTo>) {
  // count: return_to
  session.returnTo = "/trips/7";
  await session.save();
  // end
}

export async function returnToRead(session: IronSession<ReturnTo>) {
  // count: return_to
  const target = session.returnTo;
  delete session.returnTo;
  session.userId = "u7";
  await session.save();
  // end
  return target;
}

// --- lists.rs

// schema: cart
interface Item {
  sku: string;
  quantity: number;
}

interface Cart {
  cart?: { items: Item[] };
}
// end

export async function cart(session: IronSession<Cart>, item: Item) {
  // count: cart
  session.cart ??= { items: [] };
  session.cart.items.push(item);
  await session.save();
  // end
  // count: cart
  const cart = session.cart ?? { items: [] };
  // end
  return cart;
}

// schema: chat_game
interface ChatMessage {
  message: string;
  chatMessageType: string;
}

interface Defence {
  id: string;
  isActive: boolean;
}

interface Email {
  address: string;
  subject: string;
}

interface Level {
  level: number;
  chatHistory: ChatMessage[];
  defences?: Defence[];
  sentEmails: Email[];
}

interface ChatGame {
  initialised?: boolean;
  chatModel?: string;
  levelState?: Level[];
}
// end

export async function chatGame(session: IronSession<ChatGame>, message: ChatMessage) {
  // count: chat_game
  session.levelState?.[0].chatHistory.push(message);
  await session.save();
  // end
  // count: chat_game
  const initialised = session.initialised ?? false;
  const levels = session.levelState ?? [];
  // end
  return { initialised, levels };
}

// schema: preferences
interface Preferences {
  javascriptEnabled?: boolean;
  cssEnabled?: boolean;
  analyticsEnabled?: boolean;
  message?: string;
  type?: string;
}
// end

export async function preferencesWrite(session: IronSession<Preferences>) {
  // count: preferences
  session.cssEnabled = true;
  session.message = "Saved";
  session.type = "success";
  await session.save();
  // end
}

export async function preferencesRead(session: IronSession<Preferences>) {
  // count: preferences
  const css = session.cssEnabled ?? false;
  const message = session.message;
  const kind = session.type;
  delete session.message;
  delete session.type;
  await session.save();
  // end
  return { css, message, kind };
}

declare const CONFIGURED: Options;

// schema: options_with_defaults
interface Options {
  accessCookieMaxAge: number;
  refreshCookieMaxAge: number;
}

interface OptionsWithDefaults {
  user?: { id: number; name: string };
  options?: Options;
}
// end

export async function optionsWithDefaults(session: IronSession<OptionsWithDefaults>) {
  // count: options_with_defaults
  const user = session.user;
  const options = session.options ?? CONFIGURED;
  // end
  // count: options_with_defaults
  session.options = { ...(session.options ?? CONFIGURED), accessCookieMaxAge: 60 };
  await session.save();
  // end
  return { user, options };
}

// schema: size_of_list
interface SizeOfList {
  results?: string[];
}
// end

export async function sizeOfList(session: IronSession<SizeOfList>, results: string[]) {
  // count: size_of_list
  session.results = results;
  await session.save();
  // end
  // count: size_of_list
  const size = session.results?.length ?? 0;
  // end
  return size;
}

// --- protected.rs

// schema: security_metadata
interface SecurityMetadata {
  securityMetadata?: {
    initialIP?: string;
    initialUserAgent?: string;
    createdAt: number;
    lastActivity: number;
  };
}
// end

export async function securityMetadata(session: IronSession<SecurityMetadata>, now: number) {
  // count: security_metadata
  if (session.securityMetadata) {
    session.securityMetadata.lastActivity = now;
    await session.save();
  }
  // end
  // count: security_metadata
  const sameIp = session.securityMetadata?.initialIP === "192.0.2.1";
  // end
  return sameIp;
}

// schema: sealed_token
interface SealedToken {
  name?: string;
  refreshToken?: string;
}
// end

export async function sealedToken(session: IronSession<SealedToken>) {
  // count: sealed_token
  session.name = "Ada";
  session.refreshToken = "hunter2";
  await session.save();
  // end
  // count: sealed_token
  const token = session.refreshToken;
  // end
  return token;
}

// schema: inspected_session
interface InspectedSession {
  name?: string;
  apiToken?: string;
}
// end

export async function inspectedSession(session: IronSession<InspectedSession>) {
  // count: inspected_session
  session.apiToken = "hunter3";
  await session.save();
  // end
  // count: inspected_session
  const { apiToken: token, ...page } = session;
  // end
  return { page, token };
}

// --- groups.rs

// schema: permissions
interface Permissions {
  userId?: number;
  username?: string;
  fullName?: string;
  role?: string;
  canView?: boolean;
  canDownload?: boolean;
  canUpload?: boolean;
  canEdit?: boolean;
  accessTenders?: boolean;
  accessEntities?: boolean;
  accessSuppliers?: boolean;
  accessProjects?: boolean;
  accessGuarantees?: boolean;
  accessContracts?: boolean;
  accessRfq?: boolean;
  accessPo?: boolean;
}
// end

export async function permissionsLogin(session: IronSession<Permissions>, login: Required<Permissions>) {
  // count: permissions
  Object.assign(session, login);
  await session.save();
  // end
}

export async function permissionsRead(session: IronSession<Permissions>) {
  // count: permissions
  const mayEdit = session.userId !== undefined && (session.role === "admin" || session.canEdit === true);
  // end
  return mayEdit;
}

export async function permissionsLogout(session: IronSession<Permissions>) {
  // count: permissions
  session.destroy();
  // end
}

// schema: second_factor
interface SecondFactor {
  mfa_pending_user_id?: string;
  user_id?: string;
  user_role?: "admin" | "member";
}
// end

export async function secondFactorStart(session: IronSession<SecondFactor>) {
  // count: second_factor
  session.mfa_pending_user_id = "u7";
  await session.save();
  // end
}

export async function secondFactorEnd(session: IronSession<SecondFactor>) {
  // count: second_factor
  const pending = session.mfa_pending_user_id;
  if (pending !== undefined) {
    delete session.mfa_pending_user_id;
    session.user_id = pending;
    session.user_role = "admin";
    await session.save();
  }
  // end
  // count: second_factor
  const isAdmin = session.user_id !== undefined && session.user_role === "admin";
  // end
  return isAdmin;
}

// --- expiring.rs

// schema: one_time_code
interface OneTimeCode {
  otp?: string;
  otpExpires?: number;
}
// end

export async function oneTimeCodeWrite(session: IronSession<OneTimeCode>, code: string) {
  mailCode(code);
  // count: one_time_code
  session.otp = code;
  session.otpExpires = Date.now() + 5 * 60 * 1000;
  await session.save();
  // end
}

export async function oneTimeCodeRead(session: IronSession<OneTimeCode>, submitted: string) {
  // count: one_time_code
  const otp = session.otpExpires !== undefined && Date.now() < session.otpExpires ? session.otp : undefined;
  delete session.otp;
  delete session.otpExpires;
  await session.save();
  const valid = otp === submitted;
  // end
  return valid;
}

// schema: oauth_state
interface OAuth {
  provider: "google" | "slack";
  state: string;
  expiresAt: number;
  verifier?: string;
}

interface OAuthState {
  userId?: string;
  oauth?: OAuth;
}
// end

export async function oauthStateWrite(session: IronSession<OAuthState>) {
  // count: oauth_state
  session.oauth = { provider: "google", state: "s1", verifier: "v1", expiresAt: Date.now() + 10 * 60 * 1000 };
  await session.save();
  // end
}

export async function oauthStateRead(session: IronSession<OAuthState>) {
  // count: oauth_state
  const oauth = session.oauth && Date.now() < session.oauth.expiresAt ? session.oauth : undefined;
  delete session.oauth;
  await session.save();
  // end
  return oauth;
}
