import time
from tests.factories import make_staff, NOW
from jpmirai_compliance.accounts import service
from jpmirai_compliance.accounts.rules.invitation_list import read_guests, HEADINGS
def test_500(uow):
    _, s = make_staff(uow)
    text = ",".join(w[0] for w in HEADINGS.values())+"\n"+"".join(f"組織{i},,企業,人{i},p{i}@example.jp,\n" for i in range(500))
    t=time.perf_counter(); g=read_guests(text.encode()); t1=time.perf_counter()
    with uow.transaction():
        assert service.invite_all(uow, actor=s, guests=g, base_url="http://localhost", now=NOW)==500
    print("\nparse",t1-t,"invite",time.perf_counter()-t1)
